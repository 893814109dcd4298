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

/** How fast memory may grow, MB an hour: what is in use, and memory of the machine. */
export type SoakLimits = { slopeMax: number; rssSlopeMax: number }

/** The figures of a soak, and in words what is wrong with them. */
export function soakVerdict(soaked: Soaked, { slopeMax, rssSlopeMax }: SoakLimits) {
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
  const liveSlopeMbPerHour = slopes(memory.live)
  const grows =
    (what: string, max: number) =>
    ([name, slope]: [string, number | null]) =>
      slope !== null && slope > max
        ? [`${what} ${name} grows by ${slope} MB an hour, more than ${max}.`]
        : []
  const count = (invariant: string) =>
    violations.filter((violation) => violation.invariant === invariant).length
  const problems = [
    ...violations.map(({ invariant, problem }) => `${invariant}: ${problem}`),
    ...(missed > 0 ? [`The audit found what the scan had missed, in ${missed} blocks.`] : []),
    ...findings.map((finding) => `The audit found: ${finding}`),
    ...(memory.live.size === 0 ? ['Nobody told what they have in use.'] : []),
    ...Object.entries(liveSlopeMbPerHour).flatMap(grows('What is in use in', slopeMax)),
    ...Object.entries(rssSlopeMbPerHour)
      .filter(([name]) => hasOutgrown(memory.rss.get(name) ?? [], warmAtMs))
      .flatMap(grows('The memory of', rssSlopeMax)),
  ]
  return {
    problems,
    ...{ deposits, blocks, reorgs, reversals, faults },
    ...{ lost: count('I3'), doubled: count('I2'), violations: violations.length },
    ...{ missed, findings: findings.length },
    liveMb: lasts(memory.live),
    liveSlopeMbPerHour,
    rssMb: lasts(memory.rss),
    rssSlopeMbPerHour,
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

const lasts = (samples: ReadonlyMap<string, readonly MemorySample[]>): Record<string, number> =>
  Object.fromEntries([...samples].map(([name, own]) => [name, rounded(own.at(-1)?.mb ?? 0)]))
