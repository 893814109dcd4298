/**
 * `npm run simulate -- --seeds 1..200`, or `--seed 7 --trace` for one of them, turn by turn. The
 * last line is JSON. Ends with 1 if an invariant did not hold, or if something that must be tried
 * never happened.
 */
import { availableParallelism } from 'node:os'
import { readOptions } from '@coffer/runtime/read-options'
import { seedRange } from './seed-range.ts'
import { simulateInParallel } from './simulate-in-parallel.ts'
import type { Verdict } from './simulate-seed.ts'
import { simulateSeeds } from './simulate-seeds.ts'

const USAGE = `npm run simulate -- [--seeds A..B | --seed N] [--workers N] [--trace] [--counts]

Has whole lives of scanner and ledger pass in memory, each by its seed, and checks every invariant.

  --seeds A..B   which seeds (1..200)
  --seed N       one of them
  --workers N    processes side by side (one for each core)
  --trace        prints what happened in each turn
  --counts       prints how often everything happened`

const { values } = readOptions(USAGE, {
  options: {
    seeds: { type: 'string', default: '1..200' },
    seed: { type: 'string' },
    /** Processes that simulate side by side. */
    workers: { type: 'string', default: `${availableParallelism()}` },
    /** Prints what happened in each turn. */
    trace: { type: 'boolean', default: false },
    /** Prints how often everything happened. */
    counts: { type: 'boolean', default: false },
  },
})
const seeds = orExit(() => seedRange(values.seed ?? values.seeds))
const workers = orExit(() => countOf(values.workers))
const startedMs = performance.now()

const isInOne = workers === 1 || seeds.length === 1 || values.trace
const { failed, coverage, missing } = isInOne
  ? await simulateSeeds(seeds, { onVerdict: tell })
  : await simulateInParallel(seeds, { workers, onVerdict: tell })
const seconds = (performance.now() - startedMs) / 1_000

if (values.counts) {
  for (const [happening, count] of coverage.counts()) console.log(`${count} × ${happening}`)
}
for (const happening of missing) console.log(`too seldom: ${happening}`)
console.log(
  JSON.stringify({
    bench: 'simulate',
    seeds: seeds.length,
    failures: failed.length,
    failed: failed.slice(0, 20).map(({ seed }) => seed),
    missing: missing.length,
    workers: isInOne ? 1 : workers,
    seconds: Number(seconds.toFixed(1)),
    seedsPerSecond: Number((seeds.length / seconds).toFixed(1)),
  }),
)
process.exitCode = failed.length + missing.length > 0 ? 1 : 0

function tell({ seed, hash, violations, trace }: Verdict): void {
  if (values.trace) console.log(trace.join('\n'))
  if (values.seed !== undefined) console.log(`seed ${seed}: trace ${hash}`)
  if (violations.length === 0) return
  console.log(`seed ${seed} failed, trace ${hash}: npm run simulate -- --seed ${seed} --trace`)
  for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`)
}

function countOf(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text)
  throw new RangeError(`Invalid --workers ${JSON.stringify(text)}. Expected 1 to 99.`)
}

/** What was asked for; ends the process where it can't be understood. */
function orExit<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    console.error(error instanceof RangeError ? error.message : error)
    process.exit(2)
  }
}
