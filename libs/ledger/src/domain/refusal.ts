import type { AccountName } from './transaction.ts'

/** Why the state of the ledger does not allow a transaction. */
export type Refusal =
  | { reason: 'insufficient_funds'; account: AccountName; available: bigint }
  | { reason: 'nothing_to_reverse'; reverses: string }
  | { reason: 'not_the_negation'; reverses: string }

/** A refusal as JSON holds it. */
export const refusalToJson = (refusal: Refusal): string =>
  JSON.stringify(refusal, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))

/** Reads what {@link refusalToJson} wrote. */
export function refusalFromJson(json: string): Refusal {
  const refusal = JSON.parse(json)
  return 'available' in refusal ? { ...refusal, available: BigInt(refusal.available) } : refusal
}
