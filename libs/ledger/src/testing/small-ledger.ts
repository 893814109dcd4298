import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { type AccountState, NEW_ACCOUNT } from '../domain/account-state.ts'
import { type Applied, applyPostings } from '../domain/apply-postings.ts'
import type { Recorded } from '../domain/recorded-transaction.ts'
import { type AccountName, accountKey, type TransactionDraft } from '../domain/transaction.ts'

const asset = nativeAssetId(chainIdOf(1))
export const custody: AccountName = { owner: 'system', code: 'custody', asset }
export const available = (owner: string): AccountName => ({ owner, code: 'owner.available', asset })

export const NOW = new Date(1_000_000)
type Change = Partial<TransactionDraft>

export const draft = (reference: string, change: Change): TransactionDraft => ({
  reference,
  code: 'test',
  owner: 'alice',
  eventAt: new Date(0),
  entries: [],
  ...change,
})

export const move = (from: AccountName, to: AccountName, amount: bigint) => [
  { account: from, amount },
  { account: to, amount: -amount },
]

export const credit = (reference: string, owner: string, amount: bigint) =>
  draft(reference, { entries: move(custody, available(owner), amount) })

export const hold = (reference: string, owner: string, amount: bigint, expiresAt?: Date) =>
  draft(reference, { entries: move(available(owner), custody, amount), hold: { expiresAt } })

export const post = (reference: string, held: string, owner: string, amount: bigint) =>
  draft(reference, {
    entries: move(available(owner), custody, amount),
    resolves: { hold: held, as: 'posted' },
  })

export const end = (reference: string, held: string, as: 'voided' | 'expired') =>
  draft(reference, { resolves: { hold: held, as } })

/** A ledger that is asked one batch after the other. */
export function smallLedger(shard = 0) {
  const states = new Map<string, AccountState>()
  let recorded: ReadonlyMap<string, Recorded> = new Map()
  const names = [custody, ...['alice', 'bob'].map(available)]
  for (const name of names) states.set(accountKey(name), NEW_ACCOUNT)
  return {
    state: (name: AccountName) => states.get(accountKey(name)) as AccountState,
    apply: (...drafts: TransactionDraft[]): Applied[] => {
      const postings = { accounts: states, recorded, drafts, shard, now: NOW }
      const { applied, changed, known } = applyPostings(postings)
      for (const [key, state] of changed) states.set(key, state)
      recorded = known
      return applied
    },
  }
}
