import { type Asset, type AssetId, isCurrency } from '@coffer/money/asset'
import { displayAmount } from '@coffer/money/display'

/** How people read amounts of an asset; without decimals, in its smallest unit. */
export type AssetDisplay = { symbol: string; decimals: number }

/** Amounts of an asset that is not configured any more are shown in its smallest unit. */
export function assetDisplay(id: AssetId, assets: readonly Asset[]): AssetDisplay {
  const known = assets.find((asset) => asset.id === id)
  if (known) return { symbol: known.symbol, decimals: known.decimals }
  if (!isCurrency(id)) return { symbol: 'units', decimals: 0 }
  const symbol = id.slice(-3)
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: symbol })
  return { symbol, decimals: format.resolvedOptions().maximumFractionDigits ?? 2 }
}

/** Digits that stand behind the point even where they are zeros, as people are used to. */
const FRACTION_MIN = 2

/** `amount` in the unit of {@link AssetDisplay}, exact, as `12.50`. */
export function shownAmount(amount: bigint, { decimals }: AssetDisplay): string {
  const [whole = '', fraction = ''] = displayAmount(amount, decimals).split('.')
  const digits = fraction.padEnd(Math.min(decimals, FRACTION_MIN), '0')
  return digits === '' ? whole : `${whole}.${digits}`
}
