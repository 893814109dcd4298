import { displayAmount } from '@coffer/money/display'

export type KnownAsset = {
  id: string
  chain: string
  symbol: string
  decimals: number
  contract: string | null
}

/**
 * How people read amounts of an asset: one that is configured, or a currency, which every browser
 * knows. Of anything else an amount is its smallest units.
 */
export function assetOf(
  configured: ReadonlyMap<string, KnownAsset>,
  id: string,
): KnownAsset | undefined {
  const known = configured.get(id)
  const [, chain = '', symbol = ''] = /^(.+)\/iso4217:([A-Z]{3})$/.exec(id) ?? []
  if (known !== undefined || symbol === '') return known
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: symbol })
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2
  return { id, chain, symbol, decimals, contract: null }
}

/** An amount as people read it, exact; of a currency with every decimal that it has. */
export function shownUnits(
  units: string,
  { id, decimals }: Pick<KnownAsset, 'id' | 'decimals'>,
): string {
  const exact = displayAmount(BigInt(units), decimals)
  if (!id.includes('/iso4217:') || decimals === 0) return exact
  const [whole = '', fraction = ''] = exact.split('.')
  return `${whole}.${fraction.padEnd(decimals, '0')}`
}
