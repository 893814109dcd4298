import { shownUnits } from '../reads/asset-of.ts'
import { useAsset } from '../reads/use-assets.ts'

type Props = { of: string; asset: string; isBare?: boolean }

/** An amount as people read it: digits in groups of three, none of them rounded away. */
export function Amount({ of, asset, isBare = false }: Props) {
  const known = useAsset(asset)
  if (known === undefined) {
    return (
      <span className="amount" title={asset}>
        {grouped(of)}
      </span>
    )
  }
  const text = grouped(shownUnits(of, known))
  return (
    <span className="amount" data-sign={of.startsWith('-') ? 'minus' : undefined} title={asset}>
      {text} {isBare ? null : <span className="symbol">{known.symbol}</span>}
    </span>
  )
}

/** With thin spaces between thousands, as no language takes for a decimal point. */
export function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.')
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, '\u2009')
  return fraction === undefined ? groups : `${groups}.${fraction}`
}
