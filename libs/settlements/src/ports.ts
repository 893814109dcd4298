import type { Readable } from 'node:stream'
import type { Message } from '@coffer/events/event'
import type { PostingOutcome } from '@coffer/ledger/ports'
import type { TransactionDraft } from '@coffer/ledger/transaction'
import type { AssetId } from '@coffer/money/asset'
import type { AssetDisplay } from './domain/asset-display.ts'
import type { Settlement, SettlementCause } from './domain/settlement.ts'
import type { MaturingLine, SettlementLine } from './domain/settlement-line.ts'
import type { SettlementSettings } from './domain/settlement-terms.ts'

/** Names what is added up together. */
export type TallyKey = { merchantId: string; asset: AssetId }

/** What may be settled of a merchant's pending money, as the lines and as the ledger say. */
export type Tally = TallyKey & {
  matured: bigint
  /** What of it earlier settlements left. */
  carried: bigint
  lines: number
  pending: bigint
}

export type NewSettlement = Omit<Settlement, 'id' | 'releasedAt'>

/** What can be done in one transaction of the database. */
export type SettlementRoom = {
  /** Holds the tallies for this transaction, in one order, whoever else wants them. */
  lock(keys: readonly TallyKey[]): Promise<void>
  /** Of payments with lines that nobody settled: when the last of them may be. */
  lastOfPayments(lines: readonly SettlementLine[]): Promise<ReadonlyMap<string, Date>>
  /** Records the lines that are new and adds up those that are mature at `now`. */
  record(lines: readonly MaturingLine[], now: Date): Promise<void>
  /** Adds up what has matured by `now`, and answers the tallies. They must be locked. */
  open(keys: readonly TallyKey[], now: Date): Promise<readonly Tally[]>
  settingsOf(merchantIds: readonly string[]): Promise<ReadonlyMap<string, SettlementSettings>>
  /** Stores settlements with all lines that are mature; answers their ids in the order given. */
  settle(settlements: readonly NewSettlement[]): Promise<readonly string[]>
  /** Takes a reserve for release; `undefined` when it has none, or not yet, or no more. */
  release(id: string, now: Date): Promise<Settlement | undefined>
  /** Books in the ledger. Once a transaction, and last of what takes locks. */
  post(drafts: readonly TransactionDraft[]): Promise<readonly PostingOutcome[]>
  announce(messages: readonly Message[]): Promise<void>
}

/**
 * Does `work` in one transaction: all of it is kept or nothing. Adapter:
 * `adapters/postgres-settlement-rooms.ts`.
 */
export type SettlementRooms = <Result>(
  work: (room: SettlementRoom) => Promise<Result>,
) => Promise<Result>

/** Settles what is due of tallies: see `usecases/settle-tallies.ts`. */
export type SettleTallies = (
  keys: readonly TallyKey[],
  cause: SettlementCause,
) => Promise<readonly Settlement[]>

export type SettlementRequest = TallyKey & { id: string; requestedAt: Date }

/** What somebody asked to have settled. Adapter: `adapters/postgres-settlement-requests.ts`. */
export type SettlementRequests = {
  /** Answers the one that is open, if there is one. */
  make(key: TallyKey, now: Date): Promise<SettlementRequest>
  find(id: string): Promise<TallyKey | undefined>
  answered(id: string, now: Date): Promise<void>
}

/** When merchants are settled by schedule. Adapter: `adapters/postgres-schedules.ts`. */
export type Schedules = {
  /** What a merchant is to be settled of if its time has come. */
  dueOf(merchantId: string, now: Date): Promise<{ dailyAt: string; keys: TallyKey[] } | undefined>
  /** The next time is `nextRunAt`. */
  done(merchantId: string, nextRunAt: Date): Promise<void>
}

/** What merchants chose. Adapter: `adapters/postgres-settings.ts`. */
export type SettingsStore = {
  find(merchantId: string): Promise<SettlementSettings | undefined>
  put(merchantId: string, settings: SettlementSettings, now: Date): Promise<void>
}

export type SettlementFilter = {
  /** Of merchants of this tenant. */
  tenant?: string | undefined
  merchantId?: string | undefined
  asset?: AssetId | undefined
  /** The page goes on behind this one. */
  before?: string | undefined
  limit: number
}

/** Reads what was settled. Adapter: `adapters/postgres-settlement-reader.ts`. */
export type SettlementReader = {
  /** The newest first. */
  list(filter: SettlementFilter): Promise<readonly Settlement[]>
  find(id: string): Promise<Settlement | undefined>
  /** What it adds up, in the order in which it happened, page by page. */
  lines(id: string): AsyncIterable<SettlementLine>
}

/** Writes what a settlement adds up. Adapters: `adapters/csv-report.ts`, `…/pdf-report.ts`. */
export type SettlementReport = (report: {
  settlement: Settlement
  shown: AssetDisplay
  lines: AsyncIterable<SettlementLine>
}) => Readable
