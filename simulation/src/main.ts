/**
 * `npm run simulate -- --seeds 1..200`, or `--seed 7 --trace` for one of them, turn by turn. Ends
 * with 1 if an invariant did not hold, or if something that must be tried never happened.
 */
import { parseArgs } from 'node:util'
import { seedRange } from './seed-range.ts'
import { simulateSeeds } from './simulate-seeds.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..200' },
    seed: { type: 'string' },
    /** Prints what happened in each turn. */
    trace: { type: 'boolean', default: false },
    /** Prints how often everything happened. */
    counts: { type: 'boolean', default: false },
  },
})
const seeds = seedsOrNone(values.seed ?? values.seeds)
const startedMs = performance.now()

const { failed, coverage, missing } = await simulateSeeds(seeds, (verdict) => {
  const { seed, hash, violations, trace } = verdict
  if (values.trace) console.log(trace.join('\n'))
  if (values.seed !== undefined) console.log(`seed ${seed}: trace ${hash}`)
  if (violations.length > 0) {
    console.log(`seed ${seed} failed, trace ${hash}: npm run simulate -- --seed ${seed} --trace`)
    for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`)
  }
})
const seconds = (performance.now() - startedMs) / 1_000
if (values.counts) {
  for (const [happening, count] of coverage.counts()) console.log(`${count} × ${happening}`)
}
for (const happening of missing) console.log(`never happened: ${happening}`)
const rate = Number((seeds.length / seconds).toFixed(1))
const failures = failed.map(({ seed }) => seed)
console.log(JSON.stringify({ simulated: seeds.length, failed: failures, seedsPerSecond: rate }))
process.exitCode = failed.length + missing.length > 0 ? 1 : 0

/** The seeds that were asked for; ends the process where the words name none. */
function seedsOrNone(text: string): number[] {
  try {
    return seedRange(text)
  } catch (error) {
    console.error(error instanceof RangeError ? error.message : error)
    process.exit(2)
  }
}
