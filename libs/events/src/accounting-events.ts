import { z } from 'zod'
import { assetOnWire, signedUnitsOnWire } from './wire.ts'

// Fields that a newer writer adds are passed over, so that readers need not be upgraded first.
const entry = z.object({
  /** Whose account: an owner's id, or `system`. */
  owner: z.string().min(1),
  /** Code in the chart of accounts, for example `custody` or `owner.available`. */
  account: z.string().min(1),
  asset: assetOnWire,
  /** The system's accounts are many in one; an owner's is of number 0. */
  shard: z.int().min(0).default(0),
  /** Signed: a debit is positive, a credit negative. The entries of an asset sum to zero. */
  amount: signedUnitsOnWire,
  /** Counts the account's entries from 1, so that a reader sees a gap. */
  accountVersion: z.int().min(1),
  /** Debits − credits of the account after this entry. */
  balanceAfter: signedUnitsOnWire,
})

/** A ledger transaction was booked. It carries everything that was booked. */
export const transactionCreated = z.object({
  /** Decimal string; it grows along the entries of each account. */
  transactionId: z.string().min(1),
  /** Unique for ever; for a deposit its identity. */
  reference: z.string().min(1),
  /** Why it was booked, for example `deposit.credit`. */
  code: z.string().min(1),
  /** When it happened outside, RFC 3339. */
  eventAt: z.iso.datetime(),
  /** When it was booked, RFC 3339. */
  recordedAt: z.iso.datetime(),
  entries: z.array(entry).min(2),
})

export type TransactionCreated = z.output<typeof transactionCreated>
