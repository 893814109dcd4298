import { CopyButton } from './copy-button.tsx'

type Props = { of: string; what: string; isWhole?: boolean }

/** Hex by its two ends, which is what people compare; the whole of it can be copied. */
export function Hash({ of, what, isWhole = false }: Props) {
  return (
    <span className="hash">
      <span className="mono" title={of}>
        {isWhole ? of : shortened(of)}
      </span>
      <CopyButton text={of} what={what} />
    </span>
  )
}

export const shortened = (text: string): string =>
  text.length <= 16 ? text : `${text.slice(0, 8)}…${text.slice(-6)}`
