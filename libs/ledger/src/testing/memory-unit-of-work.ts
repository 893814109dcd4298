import type { Message } from '@coffer/events/event'
import { type AccountState, applyPostings, NEW_ACCOUNT } from '../domain/apply-postings.ts'
import { accountKey, accountsOf, checkDraft, type TransactionDraft } from '../domain/transaction.ts'
import type { BookedTransaction, Books, PostingOutcome, UnitOfWork } from '../ports.ts'

type Contents = {
  handled: Set<string>
  accounts: Map<string, AccountState>
  transactions: Map<string, BookedTransaction>
  announced: Message[]
}

/** A ledger in memory, with what it holds to look at. One unit of work at a time. */
export function memoryUnitOfWork(): { unitOfWork: UnitOfWork; contents: () => Contents } {
  let committed: Contents = {
    handled: new Set(),
    accounts: new Map(),
    transactions: new Map(),
    announced: [],
  }
  return {
    contents: () => committed,
    unitOfWork: async (work) => {
      const open: Contents = {
        handled: new Set(committed.handled),
        accounts: new Map(committed.accounts),
        transactions: new Map(committed.transactions),
        announced: [...committed.announced],
      }
      const result = await work(booksOn(open))
      committed = open
      return result
    },
  }
}

const booksOn = (open: Contents): Books => ({
  async claimNew(eventIds) {
    const fresh = new Set(eventIds.filter((id) => !open.handled.has(id)))
    for (const id of fresh) open.handled.add(id)
    return fresh
  },
  async post(drafts) {
    for (const draft of drafts) checkDraft(draft)
    for (const name of drafts.flatMap(accountsOf)) {
      const key = accountKey(name)
      if (!open.accounts.has(key)) open.accounts.set(key, NEW_ACCOUNT)
    }
    const { accounts, transactions: recorded } = open
    const { applied, changed } = applyPostings({ accounts, recorded, drafts })
    for (const [key, state] of changed) accounts.set(key, state)
    return applied.map((outcome, place): PostingOutcome => {
      if (outcome.status !== 'created') return outcome
      const { reference, code, eventAt } = drafts[place] as TransactionDraft
      const { entries } = outcome
      const id = `id of ${reference}`
      const transaction = { id, reference, code, eventAt, recordedAt: new Date(0), entries }
      recorded.set(reference, transaction)
      return { status: 'created', transaction }
    })
  },
  async announce(messages) {
    open.announced.push(...messages)
  },
})
