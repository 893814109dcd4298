import {
  type AccountState,
  afterEntry,
  afterHold,
  afterRelease,
  availableIn,
  isEmpty,
} from './account-state.ts'
import { mustNotGoNegative, SYSTEM } from './chart-of-accounts.ts'
import {
  type DraftField,
  differingField,
  type Recorded,
  type RecordedEntry,
} from './recorded-transaction.ts'
import type { Refusal } from './refusal.ts'
import { refuseDraft } from './refuse-draft.ts'
import { splitEntry } from './split-entry.ts'
import { type AccountName, accountKey, isDebtKey, type TransactionDraft } from './transaction.ts'

/** What a hold reserves of one account. */
export type HeldEntry = {
  account: AccountName
  /** Which of the system's accounts of this name; 0 for an owner's. */
  shard: number
  /** A debit is positive, a credit negative. */
  amount: bigint
}

/** One account's part in what was booked. */
export type BookedEntry = HeldEntry & {
  /** Counts the account's entries from 1. */
  accountVersion: number
  /** Debits − credits of the account, this entry included. */
  balanceAfter: bigint
}

/** What comes of one draft. What was refused once is refused for ever, for the same reason. */
export type Applied =
  | { status: 'created'; entries: readonly BookedEntry[]; held?: readonly HeldEntry[] }
  | { status: 'exists' }
  | { status: `exists_with_different_${DraftField}` }
  | { status: 'refused'; refusal: Refusal }

export type Postings = {
  /**
   * Every account the drafts may touch, by {@link accountKey} or {@link shardKey}; of the debts
   * that they pay those that there are.
   */
  accounts: ReadonlyMap<string, AccountState>
  /** What the ledger holds of the references that the drafts name, by reference. */
  recorded: ReadonlyMap<string, Recorded>
  /** Well formed: see `checkDraft`. */
  drafts: readonly TransactionDraft[]
  /** Which of the system's accounts these are. */
  shard?: number
  now: Date
}

/**
 * Applies the drafts one after the other, each wholly or not at all. Answers each in its place, the
 * states of the accounts that changed, and what the ledger then holds of the references.
 */
export function applyPostings({ accounts, recorded, drafts, shard = 0, now }: Postings): {
  applied: Applied[]
  changed: Map<string, AccountState>
  known: Map<string, Recorded>
} {
  const hasDebts = accounts.keys().some(isDebtKey)
  const changed = new Map<string, AccountState>()
  const known = new Map(recorded)
  const findState = (key: string) => changed.get(key) ?? accounts.get(key)
  const stateOf = (key: string): AccountState => {
    const state = findState(key)
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
    const refusal = refuseDraft(draft, known, now)
    if (refusal) return refuse(refusal)
    const released = heldBy(draft, known)
    const booked = book(draft, { stateOf, findState, shard, released, hasDebts })
    const { entries, held, states, problem } = booked
    if (problem) return refuse(problem)
    const overdrawn = (held ?? entries).find(({ account }) => overdraws(account, states))
    if (overdrawn) return refuse(insufficient(overdrawn.account, stateOf))
    for (const [key, state] of states) changed.set(key, state)
    remember(draft, held ?? entries, known)
    return held ? { status: 'created', entries, held } : { status: 'created', entries }
  })
  return { applied, changed, known }
}

function answerExisting(draft: TransactionDraft, existing: Recorded): Applied {
  if ('refusal' in existing) return { status: 'refused', refusal: existing.refusal }
  const field = differingField(draft, existing)
  return { status: field === undefined ? 'exists' : `exists_with_different_${field}` }
}

/** What a draft that resolves a hold sets free. */
function heldBy(
  { resolves }: TransactionDraft,
  known: ReadonlyMap<string, Recorded>,
): readonly RecordedEntry[] {
  const hold = resolves && known.get(resolves.hold)
  return hold && 'entries' in hold ? hold.entries : []
}

function remember(
  draft: TransactionDraft,
  entries: readonly RecordedEntry[],
  known: Map<string, Recorded>,
): void {
  const { reference, code, eventAt, hold, resolves, reverses, closes } = draft
  known.set(reference, { code, eventAt, entries, hold, resolves, reverses, closes })
  const amend = (of: string, change: Partial<Exclude<Recorded, { refusal: Refusal }>>) => {
    const recorded = known.get(of)
    if (recorded && 'entries' in recorded) known.set(of, { ...recorded, ...change })
    return recorded
  }
  if (reverses !== undefined) amend(reverses, { isReversed: true })
  if (resolves === undefined) return
  const held = known.get(resolves.hold)
  const before = held && 'entries' in held ? held.hold : undefined
  amend(resolves.hold, { hold: { ...before, resolvedAs: resolves.as } })
}

/** An account's key where one of the system's may be of another shard than the postings are. */
export const shardKey = (
  { account, shard = 0 }: Pick<RecordedEntry, 'account' | 'shard'>,
  ofPostings: number,
): string =>
  account.owner !== SYSTEM || shard === ofPostings
    ? accountKey(account)
    : `${accountKey(account)}#${shard}`

type Booking = {
  stateOf: (key: string) => AccountState
  findState: (key: string) => AccountState | undefined
  /** Whether there is any debt at all that could be paid. */
  hasDebts: boolean
  shard: number
  /** Of the hold that is resolved. */
  released: readonly RecordedEntry[]
}

function book(draft: TransactionDraft, booking: Booking) {
  const { stateOf, findState, shard: systemShard, released, hasDebts } = booking
  const states = new Map<string, AccountState>()
  const entries: BookedEntry[] = []
  const held: HeldEntry[] = []
  let problem: Refusal | undefined
  const current = (key: string) => states.get(key) ?? stateOf(key)
  const find = (name: AccountName) => {
    const key = accountKey(name)
    return states.get(key) ?? findState(key)
  }
  const open = (account: AccountName, key: string): AccountState => {
    const state = current(key)
    if (state.isClosed) problem ??= { reason: 'account_closed', account }
    return state
  }
  const shardOf = ({ owner }: AccountName) => (owner === SYSTEM ? systemShard : 0)
  const add = (account: AccountName, amount: bigint) => {
    if (amount === 0n) return
    const key = accountKey(account)
    const state = afterEntry(open(account, key), amount)
    states.set(key, state)
    const balanceAfter = state.debitsPosted - state.creditsPosted
    const shard = shardOf(account)
    entries.push({ account, shard, amount, accountVersion: state.version, balanceAfter })
  }

  for (const entry of released) {
    const key = shardKey(entry, systemShard)
    states.set(key, afterRelease(current(key), entry.amount))
  }
  for (const entry of draft.entries) {
    const { account, amount } = entry
    if (draft.hold) {
      const key = accountKey(account)
      states.set(key, afterHold(open(account, key), amount))
      held.push({ account, shard: shardOf(account), amount })
      continue
    }
    // Nearly all are booked as they are, and as fast as can be.
    if (!entry.shortfall && !(hasDebts && entry.offsets)) add(account, amount)
    else for (const part of splitEntry(entry, find)) add(part.account, part.amount)
  }
  for (const account of draft.closes ?? []) {
    const key = accountKey(account)
    const state = open(account, key)
    if (!isEmpty(state)) problem ??= { reason: 'account_not_empty', account }
    states.set(key, { ...state, isClosed: true })
  }
  return { entries, held: draft.hold && held, states, problem }
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
