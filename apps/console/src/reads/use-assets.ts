import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../access.ts'
import { assetOf, type KnownAsset } from './asset-of.ts'

/** The assets that are configured, by id. They change with a restart only. */
export function useAssets(): ReadonlyMap<string, KnownAsset> {
  const api = useApi()
  const { data = NONE } = useQuery({
    queryKey: ['assets'],
    queryFn: async () => {
      const { items } = await answerOf(api.GET('/v1/assets'))
      return new Map(items.map((asset): [string, KnownAsset] => [asset.id, asset]))
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data
}

/** How amounts of one asset are read; undefined of one that nobody knows. */
export const useAsset = (id: string): KnownAsset | undefined => assetOf(useAssets(), id)

const NONE: ReadonlyMap<string, KnownAsset> = new Map()
