import { AppError } from '@coffer/errors/app-error'
import type { AssetId } from '@coffer/money/asset'
import {
  type AccountCode,
  chartOfAccounts,
  DEBTS,
  isAccountCode,
  isDebt,
  lackingBy,
  SYSTEM,
} from './chart-of-accounts.ts'

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
   * Of a debit: where to book what `account` does not have, instead of refusing the transaction. Of
   * several each gives what it has, and the last one all that is still lacking.
   */
  shortfall?: AccountName | readonly AccountName[]
  /**
   * Of a credit: debts that it pays first, as far as they go; the rest is booked on `account`. So
   * a shortfall and a later credit come to the same as the two the other way round.
   */
  offsets?: AccountName | readonly AccountName[]
}

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
  /** Reference of what says the contrary: once that is booked, this one is refused. */
  unless?: string
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

/** Whether an {@link accountKey} is that of a debt. */
export const isDebtKey = (key: string): boolean =>
  DEBTS.some((code) => key.startsWith(code) && key[code.length] === ' ')

/** The accounts that an entry names beside its own, as a list. */
export const listOf = (
  names: AccountName | readonly AccountName[] | undefined,
): readonly AccountName[] => (names === undefined ? NONE : 'owner' in names ? [names] : names)

const NONE: readonly AccountName[] = []

/**
 * Every account that a draft needs open: those that it names, but for debts that it pays if there
 * are any, and of all debts the accounts that lack what they say. One that resolves a hold touches
 * those of the hold too.
 */
export function accountsOf({ entries, closes = [] }: TransactionDraft): AccountName[] {
  const names: AccountName[] = [...closes]
  const add = (name: AccountName) => {
    names.push(name)
    addLacking(names, name)
  }
  for (const { account, shortfall, offsets } of entries) {
    add(account)
    if (shortfall) for (const name of listOf(shortfall)) add(name)
    if (!offsets) continue
    for (const name of listOf(offsets)) {
      if (!isDebt(name.code)) names.push(name)
      else if (lackingBy(name.code) !== account.code) addLacking(names, name)
    }
  }
  return names
}

function addLacking(names: AccountName[], name: AccountName): void {
  if (isDebt(name.code)) names.push({ ...name, code: lackingBy(name.code) })
}

/** Every debt that drafts pay if there is one. */
export function debtsOf(drafts: readonly TransactionDraft[]): AccountName[] {
  const debts: AccountName[] = []
  for (const { entries } of drafts) {
    for (const { offsets } of entries) {
      if (!offsets) continue
      for (const name of listOf(offsets)) if (isDebt(name.code)) debts.push(name)
    }
  }
  return debts
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
    if (entry.amount === 0n) return 'the amount of an entry is 0'
    const problem = problemOfName(entry.account) ?? problemOfOthers(entry)
    if (problem !== undefined) return problem
  }
  if (!balanced(entries)) return 'its entries do not sum to zero for each asset'
  return problemOfHold(draft) ?? problemOfEnd(draft)
}

function problemOfOthers({ account, amount, shortfall, offsets }: EntryDraft): string | undefined {
  if (shortfall === undefined && offsets === undefined) return undefined
  if (shortfall && amount < 0n) return 'a credit has a shortfall'
  if (offsets && amount > 0n) return 'a debit offsets a debt'
  for (const name of [...listOf(shortfall), ...listOf(offsets)]) {
    const wrongName = problemOfName(name)
    if (wrongName !== undefined) return wrongName
    if (name.asset !== account.asset) {
      return `${shortfall ? 'a shortfall' : 'an offset debt'} is in another asset`
    }
  }
  return undefined
}

const mayBookNothing = ({ resolves, closes, hold }: TransactionDraft): boolean =>
  hold === undefined && ((resolves && resolves.as !== 'posted') || closes !== undefined)

function problemOfHold({ hold, entries, ...rest }: TransactionDraft): string | undefined {
  if (hold === undefined) return undefined
  if (rest.resolves ?? rest.reverses ?? rest.closes) return 'a hold cannot end anything else'
  if (Number.isNaN(hold.expiresAt?.getTime())) return 'its hold expires at what is not a date'
  if (entries.some(({ shortfall }) => shortfall)) return 'a hold cannot have a shortfall'
  if (entries.some(({ offsets }) => offsets)) return 'a hold cannot offset a debt'
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
