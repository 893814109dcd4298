import { useAsset } from '../reads/use-assets.ts'

/** What people call an asset. */
export function AssetName({ id }: { id: string }) {
  return <span title={id}>{useAsset(id)?.symbol ?? id}</span>
}
