import type { Rejection } from './rejection.ts'

/** Rejections of what moved nothing, or nobody knows how much: balances are not held to them. */
export const MOVED_NOTHING = [
  'nothing_arrived',
  'contradicted',
  'unproven',
] as const satisfies readonly Rejection[]

/** What is known of a holding between two blocks. */
export type BalanceFacts = {
  /** Its balance at the first one's end. */
  base: bigint
  /** Deposits since. */
  detected: bigint
  /** What left it; `null` when that can't be told. */
  sent: bigint | null
  /** Its balance at the second one's end. */
  found: bigint
}

/**
 * By how much a balance is more, or less, than deposits and what was sent make it; 0 when it is
 * what it must be. Where nobody can tell what was sent, less is no contradiction, and more still
 * is one.
 */
export function unexplained({ base, detected, sent, found }: BalanceFacts): bigint {
  const excess = found - base - detected
  if (sent !== null) return excess + sent
  return excess > 0n ? excess : 0n
}
