import type { Message } from '@coffer/events/event'
import { type AccountState, applyPostings, NEW_ACCOUNT } from '../domain/apply-postings.ts'
import type { Recorded } from '../domain/recorded-transaction.ts'
import type { Refusal } from '../domain/refusal.ts'
import { accountKey, accountsOf, checkDraft, type TransactionDraft } from '../domain/transaction.ts'
import type { BookedTransaction, Books, PostingOutcome, UnitOfWork } from '../ports.ts'
import { transactionCreatedMessage } from '../transaction-created-message.ts'

type Contents = {
  accounts: Map<string, AccountState>
  transactions: Map<string, BookedTransaction>
  refused: Map<string, { refusal: Refusal }>
  announced: Message[]
}

/** A ledger in memory, with what it holds to look at. One unit of work at a time. */
export function memoryUnitOfWork(): { unitOfWork: UnitOfWork; contents: () => Contents } {
  let committed: Contents = {
    accounts: new Map(),
    transactions: new Map(),
    refused: new Map(),
    announced: [],
  }
  return {
    contents: () => committed,
    unitOfWork: async (work) => {
      const open: Contents = {
        accounts: new Map(committed.accounts),
        transactions: new Map(committed.transactions),
        refused: new Map(committed.refused),
        announced: [...committed.announced],
      }
      const result = await work(booksOn(open))
      committed = open
      return result
    },
  }
}

const booksOn = (open: Contents): Books => ({
  async post(drafts) {
    for (const draft of drafts) checkDraft(draft)
    for (const name of drafts.flatMap(accountsOf)) {
      const key = accountKey(name)
      if (!open.accounts.has(key)) open.accounts.set(key, NEW_ACCOUNT)
    }
    const { accounts, transactions, refused } = open
    const recorded = new Map<string, Recorded>([...transactions, ...refused])
    const { applied, changed } = applyPostings({ accounts, recorded, drafts })
    for (const [key, state] of changed) accounts.set(key, state)
    return applied.map((outcome, place): PostingOutcome => {
      const draft = drafts[place] as TransactionDraft
      const { reference, code, owner, eventAt, traceparent } = draft
      if (outcome.status === 'refused') refused.set(reference, { refusal: outcome.refusal })
      if (outcome.status !== 'created') return outcome
      const { entries } = outcome
      const id = `id of ${reference}`
      const recordedAt = new Date(0)
      const booked = { id, reference, code, owner, eventAt, recordedAt, entries, traceparent }
      transactions.set(reference, booked)
      open.announced.push(transactionCreatedMessage(booked))
      return { status: 'created', transaction: booked }
    })
  },
})
