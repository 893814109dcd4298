import type { Applied, BookedEntry, HeldEntry } from './domain/apply-postings.ts'
import type { AccountName, HoldResolution, TransactionDraft } from './domain/transaction.ts'

/** A transaction as the ledger holds it. */
export type BookedTransaction = {
  /** Decimal string. Those of one account have rising ids. */
  id: string
  reference: string
  code: string
  owner: string
  eventAt: Date
  recordedAt: Date
  entries: readonly BookedEntry[]
  /** Of a hold: what it reserves, and until when. */
  hold?: { held: readonly HeldEntry[]; expiresAt?: Date | undefined } | undefined
  /** The hold that it ended. */
  resolves?: HoldResolution | undefined
  /** Reference of the transaction that it took back. */
  reverses?: string | undefined
  /** Accounts that it closed. */
  closes?: readonly AccountName[] | undefined
  traceparent?: string | undefined
}

/** What came of one draft; only `created` has changed anything. */
export type PostingOutcome =
  | { status: 'created'; transaction: BookedTransaction }
  | Exclude<Applied, { status: 'created' }>

/** What can be done to the ledger in one transaction of its database. */
export type Books = {
  /**
   * Books a batch and owes the announcement of what it booked, in the order given. Once a
   * transaction. See `postTransactions`.
   */
  post(drafts: readonly TransactionDraft[]): Promise<readonly PostingOutcome[]>
}

/**
 * Does `work` in one transaction: all of it is kept or nothing. It may be called several times
 * until it is. Adapters: `adapters/postgres-unit-of-work.ts`, `testing/memory-unit-of-work.ts`.
 */
export type UnitOfWork = <Result>(work: (books: Books) => Promise<Result>) => Promise<Result>

/** A hold whose time is over, and which nobody has ended. */
export type OverdueHold = { reference: string; owner: string; expiresAt: Date }

/** Finds the holds that are over. Adapter: `adapters/postgres-overdue-holds.ts`. */
export type OverdueHolds = {
  /** Those that have been over for the longest time, `limit` at most. */
  find(limit: number): Promise<OverdueHold[]>
}

/** Counts what is booked. Adapter: `adapters/prometheus-booking-metrics.ts`. */
export type BookingMetrics = {
  batch(handled: { booked: number; duplicates: number; seconds: number }): void
}
