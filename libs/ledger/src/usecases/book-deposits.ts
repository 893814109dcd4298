import { AppError } from '@coffer/errors/app-error'
import { depositReference } from '@coffer/events/deposit-reference'
import type { ReadEvent } from '@coffer/events/event'
import { crashPoint } from '@coffer/runtime/crash-point'
import { depositCredit, depositReversal, depositSuspense } from '../domain/deposit-transactions.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { PostingOutcome, UnitOfWork } from '../ports.ts'

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
  /** Events that had been booked before, or twice in this batch. */
  duplicates: number
}

/**
 * Books the events of a batch in order, each once for ever, all in one transaction. Throws
 * {@link DepositNotBookableError} if one of them can never be booked: then nothing of the batch
 * was.
 */
export const bookDeposits =
  ({ unitOfWork }: { unitOfWork: UnitOfWork }) =>
  async (events: readonly DepositEvent[]): Promise<BookedDeposits> => {
    crashPoint('accounts.after-consume')
    for (const event of events) checkIdentity(event)
    const booked = await unitOfWork(async (books) => {
      const outcomes = await books.post(events.map(draftOf))
      const count = outcomes.filter((outcome, place) => isBooked(outcome, events[place]?.id)).length
      crashPoint('accounts.before-commit')
      return count
    })
    crashPoint('accounts.after-commit')
    return { booked, duplicates: events.length - booked }
  }

function draftOf(event: DepositEvent): TransactionDraft {
  const draft = bookingOf(event)
  return event.traceparent === undefined ? draft : { ...draft, traceparent: event.traceparent }
}

function bookingOf(event: DepositEvent): TransactionDraft {
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

/** Whether it is booked now; false if it was before. A refusal is kept by nobody: see the throw. */
function isBooked(outcome: PostingOutcome, eventId = ''): boolean {
  if (outcome.status === 'exists') return false
  if (outcome.status === 'created') return true
  const problem =
    outcome.status === 'refused'
      ? `the ledger refused it: ${outcome.refusal.reason}`
      : `the ledger holds another under its reference: ${outcome.status}`
  // It rolls the refusal back too, so that the event can be booked once its cause is put right.
  throw new DepositNotBookableError(eventId, problem)
}

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
