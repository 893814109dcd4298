import { mustNotGoNegative, SYSTEM } from './chart-of-accounts.ts'
import {
  type DraftField,
  differingField,
  isNegationOf,
  type Recorded,
} from './recorded-transaction.ts'
import type { Refusal } from './refusal.ts'
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
  /** Which of the system's accounts of this name; 0 for an owner's. */
  shard: number
  /** A debit is positive, a credit negative. */
  amount: bigint
  /** Counts the account's entries from 1. */
  accountVersion: number
  /** Debits − credits of the account, this entry included. */
  balanceAfter: bigint
}

/** What comes of one draft. What was refused once is refused for ever, for the same reason. */
export type Applied =
  | { status: 'created'; entries: readonly BookedEntry[] }
  | { status: 'exists' }
  | { status: `exists_with_different_${DraftField}` }
  | { status: 'refused'; refusal: Refusal }

export type Postings = {
  /** Every account the drafts may touch, by {@link accountKey}. */
  accounts: ReadonlyMap<string, AccountState>
  /** What the ledger holds of the references that the drafts name, by reference. */
  recorded: ReadonlyMap<string, Recorded>
  /** Well formed: see `checkDraft`. */
  drafts: readonly TransactionDraft[]
  /** Which of the system's accounts these are. */
  shard?: number
}

/**
 * Applies the drafts one after the other, each wholly or not at all. Answers each in its place, and
 * the states of the accounts that changed.
 */
export function applyPostings({ accounts, recorded, drafts, shard = 0 }: Postings): {
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
    const refuse = (refusal: Refusal): Applied => {
      known.set(draft.reference, { refusal })
      return { status: 'refused', refusal }
    }
    const refusal = refuseReversal(draft, known)
    if (refusal) return refuse(refusal)
    const { entries, states } = book(draft, { stateOf, shard })
    const overdrawn = entries.find(({ account }) => overdraws(account, states))
    if (overdrawn) return refuse(insufficient(overdrawn.account, stateOf))
    for (const [key, state] of states) changed.set(key, state)
    known.set(draft.reference, { code: draft.code, eventAt: draft.eventAt, entries })
    return { status: 'created', entries }
  })
  return { applied, changed }
}

function answerExisting(draft: TransactionDraft, existing: Recorded): Applied {
  if ('refusal' in existing) return { status: 'refused', refusal: existing.refusal }
  const field = differingField(draft, existing)
  return { status: field === undefined ? 'exists' : `exists_with_different_${field}` }
}

function refuseReversal(
  draft: TransactionDraft,
  known: ReadonlyMap<string, Recorded>,
): Refusal | undefined {
  const { reverses } = draft
  if (reverses === undefined) return undefined
  const original = known.get(reverses)
  if (original === undefined || 'refusal' in original) {
    return { reason: 'nothing_to_reverse', reverses }
  }
  return isNegationOf(draft, original) ? undefined : { reason: 'not_the_negation', reverses }
}

type Booking = { stateOf: (key: string) => AccountState; shard: number }

function book(draft: TransactionDraft, { stateOf, shard: systemShard }: Booking) {
  const states = new Map<string, AccountState>()
  const entries: BookedEntry[] = []
  const add = (account: AccountName, amount: bigint) => {
    if (amount === 0n) return
    const key = accountKey(account)
    const state = afterEntry(states.get(key) ?? stateOf(key), amount)
    states.set(key, state)
    const balanceAfter = state.debitsPosted - state.creditsPosted
    const shard = account.owner === SYSTEM ? systemShard : 0
    entries.push({ account, shard, amount, accountVersion: state.version, balanceAfter })
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
