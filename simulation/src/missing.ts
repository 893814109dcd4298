import { type Coverage, HAPPENINGS, type Happening } from './coverage.ts'

/** From so many seeds on, everything must have happened at least once. */
export const SEEDS_FOR_EVERYTHING = 200

/** From so many on, also what is rare. */
const SEEDS_FOR_RARITIES = 5_000

const RARE: ReadonlySet<Happening> = new Set<Happening>([
  'audit: another block told',
  'audit: block that could not be read',
  'audit: late payment found',
  'node: balance null',
  'node: count or code null',
  'node: receipt null',
  'node: transaction null',
  'proof: difference explained later',
  'scan: SCAN_LATCHED',
  'scan: forged blocks kept from being final',
])

/** Lies about the logs of ranges, which few chains are read by. */
const isRare = (happening: Happening) => RARE.has(happening) || / (the range|logs) /.test(happening)

/** What must happen in a share of all seeds, in hundredths of them. */
const SHARES: Partial<Record<Happening, number>> = { 'seed: a reorg took blocks back': 30 }

/** What a run of so many seeds ought to have met and did not; nothing where they are few. */
export function missingFrom(coverage: Coverage, seeds: number): string[] {
  if (seeds < SEEDS_FOR_EVERYTHING) return []
  const counts = coverage.counts()
  return HAPPENINGS.flatMap((happening) => {
    if (isRare(happening) && seeds < SEEDS_FOR_RARITIES) return []
    const count = counts.get(happening) ?? 0
    const least = Math.max(1, (seeds * (SHARES[happening] ?? 0)) / 100)
    return count < least ? [`${happening}: ${count}, expected ${Math.ceil(least)} at least`] : []
  })
}
