import type { Message } from '@coffer/events/event'
import { bookedTransaction } from '../booked-transaction.ts'
import { type AccountState, NEW_ACCOUNT } from '../domain/account-state.ts'
import { applyPostings } from '../domain/apply-postings.ts'
import type { Recorded } from '../domain/recorded-transaction.ts'
import { accountKey, accountsOf, checkDraft, type TransactionDraft } from '../domain/transaction.ts'
import type { BookedTransaction, Books, PostingOutcome, UnitOfWork } from '../ports.ts'
import { transactionCreatedMessage } from '../transaction-created-message.ts'

type Contents = {
  accounts: Map<string, AccountState>
  transactions: Map<string, BookedTransaction>
  known: Map<string, Recorded>
  announced: Message[]
}

/** A ledger in memory, with what it holds to look at. One unit of work at a time. */
export function memoryUnitOfWork(): { unitOfWork: UnitOfWork; contents: () => Contents } {
  let committed: Contents = {
    accounts: new Map(),
    transactions: new Map(),
    known: new Map(),
    announced: [],
  }
  return {
    contents: () => committed,
    unitOfWork: async (work) => {
      const open: Contents = {
        accounts: new Map(committed.accounts),
        transactions: new Map(committed.transactions),
        known: new Map(committed.known),
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
    const { accounts, transactions, known: recorded } = open
    const recordedAt = new Date(0)
    const postings = { accounts, recorded, drafts, now: recordedAt }
    const { applied, changed, known } = applyPostings(postings)
    for (const [key, state] of changed) accounts.set(key, state)
    open.known = known
    return applied.map((outcome, place): PostingOutcome => {
      const draft = drafts[place] as TransactionDraft
      if (outcome.status !== 'created') return outcome
      const { reference } = draft
      const booked = bookedTransaction(draft, outcome, { id: `id of ${reference}`, recordedAt })
      transactions.set(reference, booked)
      open.announced.push(transactionCreatedMessage(booked))
      return { status: 'created', transaction: booked }
    })
  },
})
