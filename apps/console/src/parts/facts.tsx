import type { ReactNode } from 'react'

export type Fact = readonly [name: string, value: ReactNode]

/** Names and what they are, below each other. */
export function Facts({ of }: { of: readonly Fact[] }) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <Pair key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

/** The few figures that matter most, large. */
export function Figures({ of }: { of: readonly Fact[] }) {
  return (
    <dl className="figures">
      {of.map(([name, value]) => (
        <div key={name}>
          <Pair name={name} value={value} />
        </div>
      ))}
    </dl>
  )
}

function Pair({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
