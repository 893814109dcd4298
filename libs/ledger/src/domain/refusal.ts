import type { AccountName, Resolution } from './transaction.ts'

/** Why the state of the ledger does not allow a transaction. */
export type Refusal =
  | { reason: 'insufficient_funds'; account: AccountName; available: bigint }
  | { reason: 'nothing_to_reverse'; reverses: string }
  | { reason: 'not_the_negation'; reverses: string }
  | { reason: 'already_reversed'; reverses: string }
  | { reason: 'no_such_hold'; hold: string }
  /** It ended before, or its time was over. */
  | { reason: 'hold_resolved'; hold: string; as: Resolution }
  | { reason: 'hold_not_expired'; hold: string }
  /** More would be posted on the account than was held for it. */
  | { reason: 'exceeds_hold'; hold: string; account: AccountName }
  /** What says the contrary was booked before. */
  | { reason: 'contradicts'; unless: string }
  | { reason: 'account_closed'; account: AccountName }
  /** It has a balance, or something is held on it, so that it cannot be closed. */
  | { reason: 'account_not_empty'; account: AccountName }

/** A refusal as JSON holds it. */
export const refusalToJson = (refusal: Refusal): string =>
  JSON.stringify(refusal, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))

/** Reads what {@link refusalToJson} wrote. */
export function refusalFromJson(json: string): Refusal {
  const refusal = JSON.parse(json)
  return 'available' in refusal ? { ...refusal, available: BigInt(refusal.available) } : refusal
}
