import type { AssetId } from '@coffer/money/asset'

/** How far a statement may be off from what we booked and still say the same. */
export type Tolerance = {
  channel: string
  asset: AssetId
  /** In the asset's smallest unit. */
  absolute: bigint
  /** Of what we booked, in hundredths of a per cent. */
  basisPoints: number
}

/**
 * Whether `theirs` says the same as `ours`: the larger of the two allowances of the rule counts;
 * without a rule nothing is allowed. What goes the other way is never the same.
 */
export function isWithin(
  rule: Pick<Tolerance, 'absolute' | 'basisPoints'> | undefined,
  ours: bigint,
  theirs: bigint,
): boolean {
  if (ours === theirs) return true
  if (rule === undefined || ours < 0n !== theirs < 0n) return false
  const off = magnitude(ours - theirs)
  const share = (magnitude(ours) * BigInt(rule.basisPoints)) / 10_000n
  return off <= rule.absolute || off <= share
}

const magnitude = (amount: bigint): bigint => (amount < 0n ? -amount : amount)
