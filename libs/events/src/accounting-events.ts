import { z } from 'zod'
import { assetOnWire, signedUnitsOnWire } from './wire.ts'

// Fields that a newer writer adds are passed over, so that readers need not be upgraded first.
const account = {
  /** Whose account: an owner's id, or `system`. */
  owner: z.string().min(1),
  /** Code in the chart of accounts, for example `custody` or `owner.available`. */
  account: z.string().min(1),
  asset: assetOnWire,
}

const heldEntry = z.object({
  ...account,
  /** The system's accounts are many in one; an owner's is of number 0. */
  shard: z.int().min(0).default(0),
  /** Signed: a debit is positive, a credit negative. The entries of an asset sum to zero. */
  amount: signedUnitsOnWire,
})

const entry = heldEntry.extend({
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
  /** None of a hold, and of what only ends one or closes accounts. */
  entries: z.array(entry).refine(({ length }) => length !== 1, 'one entry alone sums to nothing'),
  /** It only reserves these amounts, until another transaction resolves it. */
  hold: z
    .object({
      held: z.array(heldEntry).min(2),
      /** From then on it can't be posted any more, RFC 3339. Absent: it waits for ever. */
      expiresAt: z.iso.datetime().optional(),
    })
    .optional(),
  /** The hold that it ends, by reference: what it does not book of it is free again. */
  resolves: z
    .object({ hold: z.string().min(1), as: z.enum(['posted', 'voided', 'expired']) })
    .optional(),
  /** Reference of the transaction that it takes back. */
  reverses: z.string().min(1).optional(),
  /** Accounts that take no entries after these. */
  closes: z.array(z.object(account)).optional(),
})

export type TransactionCreated = z.output<typeof transactionCreated>
