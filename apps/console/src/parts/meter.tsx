type Props = { part: number; label: string; text: string }

/** A part of a whole that fills up. */
export function Meter({ part, label, text }: Props) {
  const percent = Math.round(Math.min(1, Math.max(0, part)) * 100)
  return (
    <span
      className="meter"
      data-tone={percent === 100 ? 'good' : undefined}
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={text}
    >
      <span style={{ width: `${percent}%` }} />
    </span>
  )
}
