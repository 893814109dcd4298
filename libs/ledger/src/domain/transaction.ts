import { AppError } from '@coffer/errors/app-error'
import type { AssetId } from '@coffer/money/asset'
import { type AccountCode, chartOfAccounts, isAccountCode, SYSTEM } from './chart-of-accounts.ts'

/** Names an account. It need not be open yet. */
export type AccountName = {
  /** An owner's id, or {@link SYSTEM}. */
  owner: string
  code: AccountCode
  asset: AssetId
}

export type EntryDraft = {
  account: AccountName
  /** A debit is positive, a credit negative; never zero. */
  amount: bigint
  /**
   * Where to book what `account` does not have, instead of refusing the transaction; of several
   * each takes what it has, and the last one the rest.
   */
  shortfall?: AccountName | readonly AccountName[]
}

/** The accounts of an entry's shortfall, in their order. */
export const shortfallsOf = ({
  shortfall,
}: Pick<EntryDraft, 'shortfall'>): readonly AccountName[] =>
  shortfall === undefined ? NONE : 'code' in shortfall ? [shortfall] : shortfall

const NONE: readonly AccountName[] = []

/** How a hold ended. */
export type Resolution = 'posted' | 'voided' | 'expired'

export type HoldResolution = {
  /** Reference of the hold. */
  hold: string
  as: Resolution
}

/** A transaction that someone asks the ledger to book. */
export type TransactionDraft = {
  /** Unique for ever: asking twice books once. */
  reference: string
  /** Why, for example `deposit.credit`. */
  code: string
  /** Whom it concerns: what is announced of one owner is in order. */
  owner: string
  /** When it happened outside; milliseconds count, finer does not. */
  eventAt: Date
  /** They sum to zero for each asset. A transaction that only ends something has none. */
  entries: readonly EntryDraft[]
  /** Reference of the transaction that this one takes back, whole. */
  reverses?: string
  /**
   * Makes it a hold: its entries are reserved and not booked, until another transaction resolves
   * it. From `expiresAt` on it can no longer be posted.
   */
  hold?: { expiresAt?: Date | undefined }
  /** The hold that this one ends. What it does not book of it is free again. */
  resolves?: HoldResolution
  /** Accounts of owners that take no entries after these. They must be empty by then. */
  closes?: readonly AccountName[]
  /** W3C trace context of what asked for it. */
  traceparent?: string | undefined
}

/** One text for each account name. Code and asset hold no space, so no two names share a text. */
export const accountKey = ({ owner, code, asset }: AccountName): string =>
  `${code} ${asset} ${owner}`

/** Every account that a draft names. One that resolves a hold touches those of the hold too. */
export function accountsOf({ entries, closes = [] }: TransactionDraft): AccountName[] {
  const booked = entries.flatMap((entry) => [entry.account, ...shortfallsOf(entry)])
  return closes.length === 0 ? booked : [...booked, ...closes]
}

/** Whether the amounts sum to zero for each asset. */
export function balanced(entries: readonly EntryDraft[]): boolean {
  const [one, other] = entries
  if (entries.length === 2 && one?.account.asset === other?.account.asset) {
    return one?.amount === -(other?.amount ?? 0n)
  }
  const sums = new Map<AssetId, bigint>()
  for (const { account, amount } of entries) {
    sums.set(account.asset, (sums.get(account.asset) ?? 0n) + amount)
  }
  return sums.values().every((sum) => sum === 0n)
}

/** Checks what no state of the ledger could make right. Throws {@link TransactionDraftError}. */
export function checkDraft(draft: TransactionDraft): void {
  const problem = problemOf(draft)
  if (problem !== undefined) throw new TransactionDraftError(draft.reference, problem)
}

function problemOf(draft: TransactionDraft): string | undefined {
  const { reference, code, owner, eventAt, entries } = draft
  if (reference === '') return 'its reference is empty'
  if (code === '') return 'its code is empty'
  if (owner === '') return 'its owner is empty'
  if (Number.isNaN(eventAt.getTime())) return 'its eventAt is not a date'
  if (entries.length < 2 && !(entries.length === 0 && mayBookNothing(draft))) {
    return `it has ${entries.length} entries, and needs two or more`
  }
  for (const entry of entries) {
    const { account, amount } = entry
    if (amount === 0n) return 'the amount of an entry is 0'
    const wrongName = problemOfName(account)
    if (wrongName !== undefined) return wrongName
    for (const shortfall of shortfallsOf(entry)) {
      const problem = problemOfName(shortfall)
      if (problem !== undefined) return problem
      if (shortfall.asset !== account.asset) return 'a shortfall is in another asset'
    }
  }
  if (!balanced(entries)) return 'its entries do not sum to zero for each asset'
  return problemOfHold(draft) ?? problemOfEnd(draft)
}

const mayBookNothing = ({ resolves, closes, hold }: TransactionDraft): boolean =>
  hold === undefined && ((resolves && resolves.as !== 'posted') || closes !== undefined)

function problemOfHold({ hold, entries, ...rest }: TransactionDraft): string | undefined {
  if (hold === undefined) return undefined
  if (rest.resolves ?? rest.reverses ?? rest.closes) return 'a hold cannot end anything else'
  if (Number.isNaN(hold.expiresAt?.getTime())) return 'its hold expires at what is not a date'
  if (entries.some(({ shortfall }) => shortfall)) return 'a hold cannot have a shortfall'
  const names = new Set(entries.map(({ account }) => accountKey(account)))
  return names.size < entries.length ? 'its hold names an account twice' : undefined
}

function problemOfEnd({ resolves, entries, closes }: TransactionDraft): string | undefined {
  if (resolves && resolves.as !== 'posted' && entries.length > 0) {
    return `a hold that is ${resolves.as} books nothing, and it has entries`
  }
  if (closes?.length === 0) return 'it names no account to close'
  for (const account of closes ?? []) {
    const wrongName = problemOfName(account)
    if (wrongName !== undefined) return wrongName
    if (account.owner === SYSTEM) return 'an account of the system cannot be closed'
  }
  return undefined
}

function problemOfName({ owner, code }: AccountName): string | undefined {
  if (!isAccountCode(code)) return `the chart of accounts has no ${JSON.stringify(code)}`
  if (owner === '') return 'the owner of an account is empty'
  const { heldBy } = chartOfAccounts[code]
  if ((heldBy === 'system') !== (owner === SYSTEM)) {
    const holder = heldBy === 'system' ? SYSTEM : 'an owner'
    return `an account ${code} is held by ${holder}, not by ${JSON.stringify(owner)}`
  }
  return undefined
}

export class TransactionDraftError extends AppError {
  readonly code = 'LEDGER_TRANSACTION_DRAFT'

  constructor(reference: string, problem: string) {
    super(
      `Transaction ${JSON.stringify(reference)} cannot be booked: ${problem}. ` +
        'Nothing of it was booked; whoever sent it must send it right.',
      { retry: 'never', details: { reference, problem } },
    )
  }
}
