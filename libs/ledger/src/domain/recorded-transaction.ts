import type { Refusal } from './refusal.ts'
import {
  type AccountName,
  accountKey,
  type HoldResolution,
  listOf,
  type Resolution,
  type TransactionDraft,
} from './transaction.ts'

/** What the ledger holds of a transaction, as far as another is compared with it. */
export type RecordedTransaction = {
  code: string
  eventAt: Date
  /** What it booked; of a hold, what it reserves. */
  entries: readonly RecordedEntry[]
  /** Of a hold: until when, and how it ended if it did. */
  hold?: { expiresAt?: Date | undefined; resolvedAs?: Resolution | undefined } | undefined
  resolves?: HoldResolution | undefined
  reverses?: string | undefined
  /** Whether another has taken it back. */
  isReversed?: boolean
  closes?: readonly AccountName[] | undefined
}

export type RecordedEntry = {
  account: AccountName
  /** Which of the system's accounts of this name. Default: 0, an owner's only one. */
  shard?: number
  amount: bigint
}

/** What the ledger knows of a reference: that it was booked, or that it never will be. */
export type Recorded = RecordedTransaction | { refusal: Refusal }

/** The parts of a transaction in which a second one of the same reference may differ. */
export type DraftField =
  | 'code'
  | 'event_at'
  | 'entries'
  | 'hold'
  | 'resolves'
  | 'reverses'
  | 'closes'

/** The first field in which `draft` asks for something else than was booked under its name. */
export function differingField(
  draft: TransactionDraft,
  recorded: RecordedTransaction,
): DraftField | undefined {
  if (draft.code !== recorded.code) return 'code'
  if (draft.eventAt.getTime() !== recorded.eventAt.getTime()) return 'event_at'
  if (difference(draft, recorded, -1n)) return 'entries'
  if (holdKey(draft.hold) !== holdKey(recorded.hold)) return 'hold'
  if (resolutionKey(draft.resolves) !== resolutionKey(recorded.resolves)) return 'resolves'
  if (draft.reverses !== recorded.reverses) return 'reverses'
  return closesKey(draft.closes) === closesKey(recorded.closes) ? undefined : 'closes'
}

const holdKey = (hold: RecordedTransaction['hold']) =>
  hold === undefined ? 'none' : `until ${hold.expiresAt?.getTime()}`

const resolutionKey = (resolves: HoldResolution | undefined) =>
  resolves && `${resolves.as} ${resolves.hold}`

const closesKey = (closes: readonly AccountName[] = []) =>
  JSON.stringify(closes.map(accountKey).sort())

/** Whether `draft` takes back exactly what was booked. */
export const isNegationOf = (draft: TransactionDraft, recorded: RecordedTransaction): boolean =>
  !difference(draft, recorded, 1n)

/**
 * Whether `draft + factor × recorded` leaves anything on any account. What was booked on the
 * account of a shortfall counts as booked on the account that fell short, and what paid a debt as
 * booked on the account of the credit: how it was divided is for the ledger to say.
 */
function difference(
  draft: TransactionDraft,
  recorded: RecordedTransaction,
  factor: bigint,
): boolean {
  const sums = new Map<string, bigint>()
  const meant = new Map<string, string>()
  for (const { account, shortfall, offsets } of draft.entries) {
    for (const name of listOf(shortfall ?? offsets))
      meant.set(accountKey(name), accountKey(account))
  }
  const add = (account: AccountName, amount: bigint) => {
    const key = accountKey(account)
    const booked = meant.get(key) ?? key
    sums.set(booked, (sums.get(booked) ?? 0n) + amount)
  }
  for (const { account, amount } of draft.entries) add(account, amount)
  for (const { account, amount } of recorded.entries) add(account, factor * amount)
  return sums.values().some((sum) => sum !== 0n)
}
