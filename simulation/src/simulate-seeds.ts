import { type Coverage, type Happening, openCoverage } from './coverage.ts'
import { missingFrom } from './missing.ts'
import { simulateSeed, type Verdict } from './simulate-seed.ts'

export type Simulation = {
  /** The seeds in which an invariant did not hold. */
  failed: readonly Verdict[]
  coverage: Coverage
  /** What never happened, or too seldom, though it must have been tried. */
  missing: readonly string[]
}

export type SimulateOptions = {
  /** Told of each seed. */
  onVerdict?: (verdict: Verdict) => void
  /** Stops when so many seeds have failed. */
  failuresMax?: number
}

/** Simulates each seed by itself. */
export async function simulateSeeds(
  seeds: readonly number[],
  options: SimulateOptions = {},
): Promise<Simulation> {
  const { onVerdict = () => undefined, failuresMax = Number.POSITIVE_INFINITY } = options
  const coverage = openCoverage()
  const failed: Verdict[] = []
  for (const seed of seeds) {
    if (failed.length >= failuresMax) break
    const verdict = await simulateSeed(seed, coverage)
    if (verdict.violations.length > 0) failed.push(verdict)
    onVerdict(verdict)
  }
  return { failed, coverage, missing: missingFrom(coverage, seeds.length) }
}

/** What one process tells another of the seeds that it has simulated. */
export type Share = { verdicts: Verdict[]; counts: [Happening, number][] }
