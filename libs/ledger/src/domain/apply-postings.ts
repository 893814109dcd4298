import { mustNotGoNegative } from './chart-of-accounts.ts'
import {
  type DraftField,
  differingField,
  isNegationOf,
  type RecordedTransaction,
} from './recorded-transaction.ts'
import { type AccountName, accountKey, type TransactionDraft } from './transaction.ts'

/** What an account has counted so far. */
export type AccountState = {
  debitsPosted: bigint
  creditsPosted: bigint
  debitsPending: bigint
  creditsPending: bigint
  /** How many entries it has. */
  version: number
}

/** An account that was just opened. */
export const NEW_ACCOUNT: AccountState = {
  debitsPosted: 0n,
  creditsPosted: 0n,
  debitsPending: 0n,
  creditsPending: 0n,
  version: 0,
}

export type BookedEntry = {
  account: AccountName
  /** A debit is positive, a credit negative. */
  amount: bigint
  /** Counts the account's entries from 1. */
  accountVersion: number
  /** Debits − credits of the account, this entry included. */
  balanceAfter: bigint
}

/** Why the state of the ledger does not allow a transaction. */
export type Refusal =
  | { reason: 'insufficient_funds'; account: AccountName; available: bigint }
  | { reason: 'nothing_to_reverse'; reverses: string }
  | { reason: 'not_the_negation'; reverses: string }

/** What comes of one draft. */
export type Applied =
  | { status: 'created'; entries: readonly BookedEntry[] }
  | { status: 'exists' }
  | { status: `exists_with_different_${DraftField}` }
  | { status: 'refused'; refusal: Refusal }

export type Postings = {
  /** Every account the drafts may touch, by {@link accountKey}. */
  accounts: ReadonlyMap<string, AccountState>
  /** What the ledger holds of the references that the drafts name, by reference. */
  recorded: ReadonlyMap<string, RecordedTransaction>
  /** Well formed: see `checkDraft`. */
  drafts: readonly TransactionDraft[]
}

/**
 * Applies the drafts one after the other, each wholly or not at all. Answers each in its place, and
 * the states of the accounts that changed.
 */
export function applyPostings({ accounts, recorded, drafts }: Postings): {
  applied: Applied[]
  changed: Map<string, AccountState>
} {
  const changed = new Map<string, AccountState>()
  const known = new Map(recorded)
  const stateOf = (key: string): AccountState => {
    const state = changed.get(key) ?? accounts.get(key)
    if (state === undefined) throw new Error(`The account ${key} was not read before posting.`)
    return state
  }
  const applied = drafts.map((draft): Applied => {
    const existing = known.get(draft.reference)
    if (existing) return answerExisting(draft, existing)
    const refusal = refuseReversal(draft, known)
    if (refusal) return { status: 'refused', refusal }
    const { entries, states } = book(draft, stateOf)
    const overdrawn = entries.find(({ account }) => overdraws(account, states))
    if (overdrawn) return { status: 'refused', refusal: insufficient(overdrawn.account, stateOf) }
    for (const [key, state] of states) changed.set(key, state)
    known.set(draft.reference, { code: draft.code, eventAt: draft.eventAt, entries })
    return { status: 'created', entries }
  })
  return { applied, changed }
}

function answerExisting(draft: TransactionDraft, existing: RecordedTransaction): Applied {
  const field = differingField(draft, existing)
  return { status: field === undefined ? 'exists' : `exists_with_different_${field}` }
}

function refuseReversal(
  draft: TransactionDraft,
  known: ReadonlyMap<string, RecordedTransaction>,
): Refusal | undefined {
  const { reverses } = draft
  if (reverses === undefined) return undefined
  const original = known.get(reverses)
  if (original === undefined) return { reason: 'nothing_to_reverse', reverses }
  return isNegationOf(draft, original) ? undefined : { reason: 'not_the_negation', reverses }
}

function book(draft: TransactionDraft, stateOf: (key: string) => AccountState) {
  const states = new Map<string, AccountState>()
  const entries: BookedEntry[] = []
  const add = (account: AccountName, amount: bigint) => {
    if (amount === 0n) return
    const key = accountKey(account)
    const state = afterEntry(states.get(key) ?? stateOf(key), amount)
    states.set(key, state)
    const balanceAfter = state.debitsPosted - state.creditsPosted
    entries.push({ account, amount, accountVersion: state.version, balanceAfter })
  }
  for (const { account, amount, shortfall } of draft.entries) {
    const key = accountKey(account)
    const rest = shortfall ? missing(states.get(key) ?? stateOf(key), amount) : 0n
    add(account, amount - rest)
    if (shortfall) add(shortfall, rest)
  }
  return { entries, states }
}

function afterEntry(state: AccountState, amount: bigint): AccountState {
  const { debitsPosted, creditsPosted, debitsPending, creditsPending, version } = state
  return {
    debitsPosted: amount > 0n ? debitsPosted + amount : debitsPosted,
    creditsPosted: amount < 0n ? creditsPosted - amount : creditsPosted,
    debitsPending,
    creditsPending,
    version: version + 1,
  }
}

/** What may be taken out of an account that grows by credits. */
const availableIn = ({ creditsPosted, debitsPosted, debitsPending }: AccountState): bigint =>
  creditsPosted - debitsPosted - debitsPending

function missing(state: AccountState, amount: bigint): bigint {
  const available = availableIn(state)
  return amount > available ? amount - available : 0n
}

function overdraws(account: AccountName, states: ReadonlyMap<string, AccountState>): boolean {
  const state = mustNotGoNegative(account.code) ? states.get(accountKey(account)) : undefined
  return state !== undefined && availableIn(state) < 0n
}

const insufficient = (account: AccountName, stateOf: (key: string) => AccountState): Refusal => ({
  reason: 'insufficient_funds',
  account,
  available: availableIn(stateOf(accountKey(account))),
})
