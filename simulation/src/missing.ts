import { type Coverage, HAPPENINGS, type Happening } from './coverage.ts'

/** From so many seeds on, everything must have happened at least once. */
export const SEEDS_FOR_EVERYTHING = 200

/** What must happen in a share of all seeds, in hundredths of them. */
const SHARES: Partial<Record<Happening, number>> = { 'seed: a reorg took blocks back': 30 }

/** What a run of so many seeds ought to have met and did not; nothing where they are few. */
export function missingFrom(coverage: Coverage, seeds: number): string[] {
  if (seeds < SEEDS_FOR_EVERYTHING) return []
  const counts = coverage.counts()
  return HAPPENINGS.flatMap((happening) => {
    const count = counts.get(happening) ?? 0
    const least = Math.max(1, (seeds * (SHARES[happening] ?? 0)) / 100)
    return count < least ? [`${happening}: ${count}, expected ${Math.ceil(least)} at least`] : []
  })
}
