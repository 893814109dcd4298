/**
 * Why a transfer to a watched address is recorded and not credited:
 * - `asset_not_accepted`: nobody lists its token, so nothing that it says is believed;
 * - `asset_halted`: another code runs behind its token than the one that was accepted, or its
 *   operator has halted it;
 * - `internal`: a wallet of our own or the address itself sent it: we hold what we held before;
 * - `below_minimum`: it is less than the minimum of its asset;
 * - `withdrawal`: the chain itself paid it, and its operator has not said that this is credited;
 * - `coinbase`: its receiver produced the block, and gained this much that no transfer explains;
 * - `nothing_arrived`: its token kept all of it, or moved nothing when it said it did;
 * - `contradicted`: its token's balances are not what its logs say, or it doesn't tell them;
 * - `unproven`: the node lists it twice, and balances don't tell whether it happened twice.
 */
export type Rejection =
  | 'asset_not_accepted'
  | 'asset_halted'
  | 'internal'
  | 'below_minimum'
  | 'withdrawal'
  | 'coinbase'
  | 'nothing_arrived'
  | 'contradicted'
  | 'unproven'

/**
 * Rejections of value that we hold and did not hold before. They are published as suspended once
 * they are final, for the ledger to hold them in suspense; of the others nothing is published.
 */
export const SUSPENDED = [
  'below_minimum',
  'withdrawal',
  'coinbase',
] as const satisfies readonly Rejection[]

export const isSuspended = (reason: string | null | undefined): boolean =>
  SUSPENDED.some((rejection) => rejection === reason)

/** Rejections of value that we may hold all the same: balances don't tell, a person can. */
const UNDECIDED = ['unproven', 'contradicted'] as const satisfies readonly Rejection[]

/** Whether an operator may let go of a deposit that was rejected for `reason`. */
export const isReleasable = (reason: string | null): boolean =>
  isSuspended(reason) || UNDECIDED.some((rejection) => rejection === reason)

export type RejectionCounts = Readonly<Partial<Record<Rejection, number>>>

/** How many of `transfers` are not credited, by the reason. */
export function countRejections(transfers: readonly { rejection?: Rejection }[]): RejectionCounts {
  const counts: Partial<Record<Rejection, number>> = {}
  for (const { rejection } of transfers) {
    if (rejection) counts[rejection] = (counts[rejection] ?? 0) + 1
  }
  return counts
}
