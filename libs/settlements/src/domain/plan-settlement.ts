import { type Units, units } from '@coffer/money/units'

export type PlanRequest = {
  /** What lines say may be settled; less than nothing where refunds outweigh. */
  matured: bigint
  /** How many of them no settlement took. */
  lines: number
  /** What is pending in the ledger, which may know of refunds that no line tells of so far. */
  pending: bigint
  /** Less than this is left for later; 0 for nothing is too little. */
  threshold: bigint
  reserveBasisPoints: number
}

/** What to settle, and what of it to keep back; `undefined` when there is nothing to settle. */
export function planSettlement(
  request: PlanRequest,
): { amount: Units; reserve: Units } | undefined {
  const { matured, lines, pending, threshold, reserveBasisPoints } = request
  // What earlier settlements left is settled with the line that explains it, and never alone.
  if (lines === 0 || matured < threshold) return undefined
  const amount = pending < matured ? pending : matured
  if (amount <= 0n) return undefined
  return { amount: units(amount), reserve: reserveOf(amount, reserveBasisPoints) }
}

const BASIS_POINTS = 10_000n

/** What is kept back of `amount`, rounded down: what cannot be divided is the merchant's. */
export const reserveOf = (amount: bigint, basisPoints: number): Units =>
  units((amount * BigInt(basisPoints)) / BASIS_POINTS)
