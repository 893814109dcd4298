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
  /** In how many blocks the audit lane found deposits that the scan had missed. */
  missed: number
  /** What else the audit lane found, in words. */
  findings: readonly string[]
  memory: MemorySamples
  /** From when on memory counts: what a process needs at all it has by then. */
  warmAtMs: number
}

/** The figures of a soak, and in words what is wrong with them. */
export function soakVerdict(soaked: Soaked, { slopeMax }: { slopeMax: number }) {
  const { deposits, blocks, reorgs, reversals, faults, violations, missed, memory } = soaked
  const { findings, warmAtMs } = soaked
  const slopes = (samples: ReadonlyMap<string, readonly MemorySample[]>) =>
    Object.fromEntries(
      [...samples].map(([name, own]) => {
        const slope = memorySlope(own, warmAtMs)
        return [name, slope === null ? null : rounded(slope)]
      }),
    )
  const rssSlopeMbPerHour = slopes(memory.rss)
  const heapSlopeMbPerHour = slopes(memory.heap)
  const grows =
    (what: string) =>
    ([name, slope]: [string, number | null]) =>
      slope !== null && slope > slopeMax
        ? [`The ${what} of ${name} grows by ${slope} MB an hour, more than ${slopeMax}.`]
        : []
  const count = (invariant: string) =>
    violations.filter((violation) => violation.invariant === invariant).length
  const problems = [
    ...violations.map(({ invariant, problem }) => `${invariant}: ${problem}`),
    ...(missed > 0 ? [`The audit found what the scan had missed, in ${missed} blocks.`] : []),
    ...findings.map((finding) => `The audit found: ${finding}`),
    ...Object.entries(heapSlopeMbPerHour).flatMap(grows('heap')),
    ...Object.entries(rssSlopeMbPerHour)
      .filter(([name]) => hasOutgrown(memory.rss.get(name) ?? [], warmAtMs))
      .flatMap(grows('memory')),
  ]
  return {
    problems,
    ...{ deposits, blocks, reorgs, reversals, faults },
    ...{ lost: count('I3'), doubled: count('I2'), violations: violations.length },
    ...{ missed, findings: findings.length },
    rssMb: Object.fromEntries([...memory.rss].map(([name, own]) => [name, last(own)])),
    rssSlopeMbPerHour,
    heapSlopeMbPerHour,
  }
}

/**
 * Whether a process holds more in the end than it ever did while it warmed up. V8 gives memory back
 * when there is little to do and takes it again in steps, so that to regain some is no growth.
 */
function hasOutgrown(samples: readonly MemorySample[], warmAtMs: number): boolean {
  const before = samples.filter(({ atMs }) => atMs < warmAtMs).map(({ mb }) => mb)
  return (samples.at(-1)?.mb ?? 0) > Math.max(0, ...before)
}

const rounded = (number: number): number => Number(number.toFixed(1))

const last = (samples: readonly MemorySample[]): number => rounded(samples.at(-1)?.mb ?? 0)
