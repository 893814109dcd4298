import type { Extent, RawMessage } from '@coffer/messaging/ports'
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
/** What came of a batch. */
export type BookedBatch = {
  booked: number
  duplicates: number
  seconds: number
  /** How long some of its deposits had been final when they were booked, in seconds. */
  credited: readonly number[]
}

export type BookingMetrics = {
  batch(handled: BookedBatch): void
  /** So many deposits came for owners whose accounts are closed. */
  unassigned(count: number): void
}

/** What was read of the log at once, besides what was noted of its messages. */
export type LogPage = {
  problems: readonly LogProblem[]
  /** Up to where partitions are read with this page, and up to where they were before. */
  positions: readonly { partition: number; from: number; next: number }[]
}

/** Something in the log that no ledger can be rebuilt from. */
export type LogProblem = { place: string; subject: string; problem: string }

/** What the ledger and the log do not agree on. */
export type LedgerDifference = {
  /** The account, transaction, entry or hold. */
  subject: string
  /** What differs, as both have it. */
  problem: string
}

export type LedgerComparison = {
  /** Transactions and entries of the log; repeats don't count. */
  transactions: number
  entries: number
  accounts: number
  /** Messages that say once more what an earlier one said. */
  repeats: number
  /** Transactions of the ledger that had not been published when the rebuild began. */
  unpublished: number
  /** The first of each kind. */
  differences: readonly LedgerDifference[]
  differencesCount: number
  problems: readonly LogProblem[]
}

/**
 * A ledger that is rebuilt from the log, beside the one in use. It outlives whoever builds it, who
 * then goes on where it was left. Adapter: `adapters/postgres-shadow.ts`.
 */
export type LedgerShadow = {
  /**
   * Goes on with what was begun and not ended, or begins anew with what `extents` says the log
   * holds. Answers how far each partition was read, and where it ends.
   */
  begin(extents: () => Promise<readonly Extent[]>): Promise<ShadowRun>
  /**
   * Notes what the message at `place` says was booked, for the page that is added next. Throws when
   * that is no transaction that the ledger could have booked, in words that tell why.
   */
  note(place: string, message: RawMessage): void
  /**
   * Adds a page and what was noted since the one before, all of it or nothing. Pages are added in
   * the order of the calls.
   */
  add(page: LogPage): Promise<void>
  /** Drops what was read twice, and finds what each transaction is about. Safe to repeat. */
  settle(): Promise<void>
  /**
   * Makes it the ledger, which must be empty, as whatever is published was published already.
   * Throws `RebuildRefusedError`, and then has changed nothing.
   */
  putInPlace(): Promise<void>
  /** Compares every transaction, entry, account and hold with the ledger in use, at one moment. */
  compare(): Promise<LedgerComparison>
  /** Lets the next one begin anew; drops all tables where they are no longer needed. */
  end(options: { drop: boolean }): Promise<void>
}

export type ShadowRun = {
  isResumed: boolean
  partitions: readonly (Extent & { next: bigint })[]
}

/** References that another source than the ledger tells of. */
export type References = {
  add(references: readonly string[]): Promise<void>
  /** What of deposits the ledger holds under a reference that was not added. */
  beside(): Promise<LedgerDifference[]>
}

/**
 * Keeps references as long as `work` takes. Adapter: `adapters/postgres-derived-references.ts`.
 */
export type DerivedReferences = <Result>(
  work: (references: References) => Promise<Result>,
) => Promise<Result>
