import { type Coverage, HAPPENINGS, openCoverage } from './coverage.ts'
import { simulateSeed, type Verdict } from './simulate-seed.ts'

export type Simulation = {
  /** The seeds in which an invariant did not hold. */
  failed: readonly Verdict[]
  coverage: Coverage
  /** What never happened, though it must have been tried. */
  missing: readonly string[]
}

/** From so many seeds on, everything must have happened at least once. */
export const SEEDS_FOR_EVERYTHING = 200

/** Simulates each seed by itself. `onVerdict` is told of each. */
export async function simulateSeeds(
  seeds: readonly number[],
  onVerdict: (verdict: Verdict) => void = () => undefined,
): Promise<Simulation> {
  const coverage = openCoverage()
  const failed: Verdict[] = []
  for (const seed of seeds) {
    const verdict = await simulateSeed(seed, coverage)
    if (verdict.violations.length > 0) failed.push(verdict)
    onVerdict(verdict)
  }
  const isWhole = seeds.length >= SEEDS_FOR_EVERYTHING
  const never = HAPPENINGS.filter((happening) => coverage.counts().get(happening) === 0)
  return { failed, coverage, missing: isWhole ? never : [] }
}
