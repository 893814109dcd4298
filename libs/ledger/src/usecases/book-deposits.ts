import { AppError } from '@coffer/errors/app-error'
import { depositReference } from '@coffer/events/deposit-reference'
import type { Message, ReadEvent } from '@coffer/events/event'
import { crashPoint } from '@coffer/runtime/crash-point'
import { depositCredit, depositReversal, depositSuspense } from '../domain/deposit-transactions.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { BookedTransaction, PostingOutcome, UnitOfWork } from '../ports.ts'
import { transactionCreatedMessage } from '../transaction-created-message.ts'

/** An event that books something. */
export type DepositEvent = Extract<
  ReadEvent,
  { type: 'deposit.confirmed' | 'deposit.suspended' | 'deposit.reversed' }
> & {
  /** W3C trace context of the message that carried it. */
  traceparent?: string | undefined
}

export type BookedDeposits = {
  booked: number
  /** Events that had been handled before, or twice in this batch. */
  duplicates: number
}

/**
 * Books the events of a batch in order, each once for ever, and announces what it booked; all in
 * one transaction. Throws {@link DepositNotBookableError} if one of them can never be booked: then
 * nothing of the batch was.
 */
export const bookDeposits =
  ({ unitOfWork }: { unitOfWork: UnitOfWork }) =>
  async (events: readonly DepositEvent[]): Promise<BookedDeposits> => {
    crashPoint('accounts.after-consume')
    for (const event of events) checkIdentity(event)
    const booked = await unitOfWork(async (books) => {
      const claimed = new Set(await books.claimNew(events.map(({ id }) => id)))
      const fresh = events.filter(({ id }) => claimed.delete(id))
      const outcomes = await books.post(fresh.map(draftOf))
      const messages = outcomes.flatMap((outcome, place) =>
        announcement(outcome, fresh[place] as DepositEvent),
      )
      await books.announce(messages)
      crashPoint('accounts.before-commit')
      return messages.length
    })
    crashPoint('accounts.after-commit')
    return { booked, duplicates: events.length - booked }
  }

function draftOf(event: DepositEvent): TransactionDraft {
  if (event.type === 'deposit.confirmed') return depositCredit(event.data)
  if (event.type === 'deposit.suspended') return depositSuspense(event.data)
  return depositReversal(event.data)
}

/** An event's id is what it is booked under; another would let one deposit be booked twice. */
function checkIdentity({ id, type, data }: DepositEvent): void {
  const kind = type === 'deposit.reversed' ? 'reversal' : 'confirmation'
  const reference = depositReference({ ...data, kind })
  if (id !== reference) {
    throw new DepositNotBookableError(id, `its deposit is ${JSON.stringify(reference)}`)
  }
}

function announcement(outcome: PostingOutcome, event: DepositEvent): Message[] {
  if (outcome.status === 'exists') return []
  if (outcome.status === 'created') return [messageFor(outcome.transaction, event)]
  const problem =
    outcome.status === 'refused'
      ? `the ledger refused it: ${outcome.refusal.reason}`
      : `the ledger holds another under its reference: ${outcome.status}`
  throw new DepositNotBookableError(event.id, problem)
}

const messageFor = (transaction: BookedTransaction, { data, traceparent }: DepositEvent) =>
  transactionCreatedMessage(transaction, { owner: data.owner, traceparent })

/** An event that contradicts the ledger. An operator must find out who is wrong. */
export class DepositNotBookableError extends AppError {
  readonly code = 'LEDGER_DEPOSIT_NOT_BOOKABLE'

  constructor(eventId: string, problem: string) {
    super(
      `Event ${JSON.stringify(eventId)} cannot be booked: ${problem}. Compare it with the ledger ` +
        'and the chain, and redrive it once the cause is put right.',
      { retry: 'never', details: { eventId, problem } },
    )
  }
}
