import type { Violation } from '../e2e/invariants.ts'
import { type MemorySample, memorySlope } from './memory-slope.ts'
import type { MemorySamples } from './sample-memory.ts'

/** What a soak has seen. */
export type Soaked = {
  deposits: number
  blocks: number
  reorgs: number
  reversals: number
  /** How often each thing went wrong on purpose. */
  faults: Readonly<Record<string, number>>
  violations: readonly Violation[]
  /** What the audit lane found that the scan had missed; `null` if it has audited nothing. */
  missed: number | null
  memory: MemorySamples
  /** From when on memory counts: what a process needs at all it has by then. */
  warmAtMs: number
}

/** The figures of a soak, and in words what is wrong with them. */
export function soakVerdict(soaked: Soaked, { slopeMax }: { slopeMax: number }) {
  const { deposits, blocks, reorgs, reversals, faults, violations, missed, memory } = soaked
  const isWarm = ({ atMs }: MemorySample) => atMs >= soaked.warmAtMs
  const slopes = (samples: ReadonlyMap<string, readonly MemorySample[]>) =>
    Object.fromEntries(
      [...samples].map(([name, own]) => [name, rounded(memorySlope(own.filter(isWarm)))]),
    )
  const rssSlopeMbPerHour = slopes(memory.rss)
  const count = (invariant: string) =>
    violations.filter((violation) => violation.invariant === invariant).length
  const problems = [
    ...violations.map(({ invariant, problem }) => `${invariant}: ${problem}`),
    ...(missed ? [`The audit lane found ${missed} deposits that the scan had missed.`] : []),
    ...Object.entries(rssSlopeMbPerHour).flatMap(([name, slope]) =>
      slope > slopeMax ? [`${name} grows by ${slope} MB an hour, more than ${slopeMax}.`] : [],
    ),
  ]
  return {
    problems,
    ...{ deposits, blocks, reorgs, reversals, faults },
    ...{ lost: count('I3'), doubled: count('I2'), violations: violations.length, missed },
    rssMb: Object.fromEntries([...memory.rss].map(([name, own]) => [name, last(own)])),
    rssSlopeMbPerHour,
    heapSlopeMbPerHour: slopes(memory.heap),
  }
}

const rounded = (number: number): number => Number(number.toFixed(1))

const last = (samples: readonly MemorySample[]): number => rounded(samples.at(-1)?.mb ?? 0)
