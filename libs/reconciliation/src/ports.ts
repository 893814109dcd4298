import type { PostingOutcome } from '@coffer/ledger/ports'
import type { TransactionDraft } from '@coffer/ledger/transaction'
import type { Proposal } from './domain/adjustment.ts'
import type { Booking, GroupKey, Line } from './domain/channel-item.ts'
import type { Difference, DifferenceStatus } from './domain/difference.ts'
import type { DifferenceKind } from './domain/finding.ts'
import type { Group } from './domain/match-group.ts'
import type { Run } from './domain/run.ts'

/** What can be done to differences in one transaction of their database. */
export type DifferenceRoom = {
  add(differences: readonly Difference[]): Promise<void>
  /** Ends those that are open. */
  close(ids: readonly string[], ending: Ending): Promise<void>
  /** Books a batch in the ledger. Once a transaction. Throws `ReconciliationNotBookedError`. */
  post(drafts: readonly TransactionDraft[]): Promise<void>
}

export type Ending = { status: Exclude<DifferenceStatus, 'open'>; at: Date; by?: string }

/** What both sides say of one movement, and up to when the other side has told everything. */
export type GroupFile = Group & { through: Date | undefined }

export type GroupVerdict = GroupKey & {
  outcome: 'matched' | 'waiting' | 'differs'
  /** When it is to be looked at again, though nobody tells anything new. */
  dueAt: Date | undefined
  through: Date | undefined
}

/** A line that says otherwise than it said before. */
export type LineConflict = { line: Line; recorded: Line }

/** What can be done to what channels moved, in one transaction of its database. */
export type ChannelRoom = DifferenceRoom & {
  /** Those of `eventIds` that `consumer` has not handled so far. */
  claim(consumer: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>
  /** Locks movements, in one order everywhere, until the transaction ends. It comes first. */
  lock(keys: readonly GroupKey[]): Promise<void>
  /** Records what was not recorded before. */
  addBookings(bookings: readonly Booking[]): Promise<void>
  /** Records what was not recorded before; answers what was recorded otherwise. */
  addLines(lines: readonly Line[]): Promise<LineConflict[]>
  /** All that is recorded of movements that are locked. */
  groups(keys: readonly GroupKey[]): Promise<GroupFile[]>
  /** When the newest line of each channel was moved. */
  readThrough(channels: readonly string[]): Promise<ReadonlyMap<string, Date>>
  /** Differences of movements, without those that were explained. */
  differencesOf(keys: readonly GroupKey[]): Promise<Difference[]>
  settle(verdicts: readonly GroupVerdict[]): Promise<void>
  /** Movements of a channel that are not matched, in order, after `after`. */
  unmatched(
    filter: { channel: string; dueBefore: Date; movedBefore: Date | undefined },
    page: { after: Pick<GroupKey, 'kind' | 'reference'> | undefined; limit: number },
  ): Promise<GroupKey[]>
}

/** What can be done to what is known of a chain, in one transaction of its database. */
export type ChainRoom = DifferenceRoom & {
  /** Differences of a chain that are open. */
  openOf(chain: string): Promise<Difference[]>
  /** Differences about these subjects of a chain, without those that were explained. */
  differencesAbout(chain: string, subjects: readonly string[]): Promise<Difference[]>
  /** Up to where credits of a chain were held against it. */
  creditPlace(chain: string): Promise<string | undefined>
  moveCreditPlace(chain: string, place: string): Promise<void>
  /** When the block was made at which a chain was reconciled last. */
  lastReconciled(chain: string): Promise<Date | undefined>
}

/** What can be done to runs in one transaction of their database. */
export type RunRoom = {
  /** Locks a run until the transaction ends. Answers whether nobody has gone on with it. */
  lockRun(run: Run): Promise<boolean>
  /** Saves a run that is locked, as its next version. */
  saveRun(run: Run): Promise<Run>
}

/**
 * Does `work` in one transaction: all of it is kept or nothing. Adapter:
 * `adapters/postgres-rooms.ts`.
 */
export type Rooms = <Result>(
  work: (room: ChannelRoom & ChainRoom & RunRoom) => Promise<Result>,
) => Promise<Result>

/** What was asked to be reconciled. Adapter: `adapters/postgres-runs.ts`. */
export type Runs = {
  /** Adds a run, or answers the one that has this key. */
  add(run: Run, key: string | undefined): Promise<Run>
  find(id: string): Promise<Run | undefined>
  /** Those whose next step is due before `until`. */
  due(until: Date, limit: number): Promise<{ id: string; dueAt: Date }[]>
  /** Says that a step failed, and when it is tried again; without that the run has failed. */
  failed(run: Run, failure: { error: string; dueAt: Date | undefined; at: Date }): Promise<void>
}

/** A proposal as it is kept. */
export type Adjustment = Proposal & {
  id: bigint
  /** Of all that is proposed: what the second person confirms. */
  hash: string
  proposedAt: Date
  status: 'proposed' | 'confirmed' | 'replaced'
  confirmedBy: string | undefined
  confirmedAt: Date | undefined
}

/** What can be done to one difference in one transaction of its database. */
export type AdjustmentRoom = DifferenceRoom & {
  /** Locks a difference until the transaction ends. */
  lockDifference(id: string): Promise<Difference | undefined>
  /** What is proposed for it, and neither confirmed nor replaced. */
  proposed(differenceId: string): Promise<Adjustment | undefined>
  /** Proposes it in the place of what was proposed before. */
  propose(proposal: Proposal & { hash: string }, at: Date): Promise<Adjustment>
  confirm(adjustment: Adjustment, confirmation: { by: string; at: Date }): Promise<Adjustment>
  /** Says that its value is in suspense by now. */
  suspended(differenceId: string): Promise<void>
}

/**
 * Does `work` in one transaction: all of it is kept or nothing. Adapter:
 * `adapters/postgres-adjustments.ts`.
 */
export type AdjustmentRooms = <Result>(
  work: (room: AdjustmentRoom) => Promise<Result>,
) => Promise<Result>

/** A difference as an operator is shown it. */
export type DifferenceView = Difference & {
  /** Grows with each. */
  number: bigint
  closedAt: Date | undefined
  /** Who confirmed its adjustment. */
  closedBy: string | undefined
  /** What was proposed last. */
  adjustment: Adjustment | undefined
}

/** Shows differences. Adapter: `adapters/postgres-differences.ts`. */
export type Differences = {
  /** Newest first, those before the number `before`, at most `limit`. */
  list(
    filter: {
      status?: DifferenceStatus | undefined
      kind?: DifferenceKind | undefined
      place?: string | undefined
    },
    page: { before: bigint | undefined; limit: number },
  ): Promise<DifferenceView[]>
  find(id: string): Promise<DifferenceView | undefined>
}

/** What we ourselves put in, as the ledger has it. Adapter: `adapters/postgres-fundings.ts`. */
export type Fundings = {
  /** Books each once, whoever asks at the same time; all that one transaction brought, at once. */
  book(drafts: readonly TransactionDraft[]): Promise<readonly PostingOutcome[]>
}
