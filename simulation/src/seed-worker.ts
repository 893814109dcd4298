/** A process that simulates the seeds it is sent, until whoever started it lets go of it. */
import { openCoverage } from './coverage.ts'
import { simulateSeed, type Verdict } from './simulate-seed.ts'
import type { Share } from './simulate-seeds.ts'

process.on('message', (seeds: number[]) => void simulate(seeds))
// Ctrl-C reaches every process of a terminal, and the first one tells the others.
process.on('SIGINT', () => undefined)

async function simulate(seeds: readonly number[]): Promise<void> {
  const coverage = openCoverage()
  const verdicts: Verdict[] = []
  for (const seed of seeds) {
    const verdict = await simulateSeed(seed, coverage)
    // A trace is long, and the seed gives the same one again.
    verdicts.push({ ...verdict, trace: [] })
  }
  const share: Share = { verdicts, counts: [...coverage.counts()] }
  process.send?.(share)
}
