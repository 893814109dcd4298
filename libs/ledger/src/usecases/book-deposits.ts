import { AppError } from '@coffer/errors/app-error'
import { depositReference } from '@coffer/events/deposit-reference'
import type { ReadEvent } from '@coffer/events/event'
import { crashPoint } from '@coffer/runtime/crash-point'
import {
  depositCredit,
  depositReversal,
  depositReversalOfClosed,
  depositSuspense,
  depositToClosed,
} from '../domain/deposit-transactions.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { BookingMetrics, PostingOutcome, UnitOfWork } from '../ports.ts'

/** An event that books something. */
export type DepositEvent = Extract<
  ReadEvent,
  { type: 'deposit.confirmed' | 'deposit.suspended' | 'deposit.reversed' }
> & {
  /** W3C trace context of the message that carried it. */
  traceparent?: string | undefined
}

/** Whether an event books something. */
export const isDepositEvent = <Event extends ReadEvent>(
  event: Event,
): event is Event & DepositEvent =>
  event.type === 'deposit.confirmed' ||
  event.type === 'deposit.suspended' ||
  event.type === 'deposit.reversed'

export type BookedDeposits = {
  booked: number
  /** Events that had been booked before, or twice in this batch. */
  duplicates: number
}

type BookDepositsPorts = {
  unitOfWork: UnitOfWork
  metrics?: Pick<BookingMetrics, 'unassigned'> | undefined
}

/**
 * Books the events of a batch in order, each once for ever, all in one transaction. Throws
 * {@link DepositNotBookableError} if one of them can never be booked: then nothing of the batch
 * was. What comes for an owner whose account is closed is booked to `owner.suspense`: coins that
 * are on the chain can't be refused.
 */
export const bookDeposits =
  ({ unitOfWork, metrics }: BookDepositsPorts) =>
  async (events: readonly DepositEvent[]): Promise<BookedDeposits> => {
    crashPoint('accounts.after-consume')
    for (const event of events) checkIdentity(event)
    const { booked, unassigned } = await bookAll(unitOfWork, events)
    crashPoint('accounts.after-commit')
    if (unassigned > 0) metrics?.unassigned(unassigned)
    return { booked, duplicates: events.length - booked }
  }

/** Books `events`; those in `ofClosed` as of owners whose accounts are closed. */
async function bookAll(
  unitOfWork: UnitOfWork,
  events: readonly DepositEvent[],
  ofClosed: ReadonlySet<DepositEvent> = new Set(),
): Promise<{ booked: number; unassigned: number }> {
  let refused: DepositEvent[] = []
  try {
    return await unitOfWork(async (books) => {
      const drafts = events.map((event) => draftOf(event, ofClosed.has(event)))
      const outcomes = await books.post(drafts)
      refused = events.filter((_, place) => problemOf(outcomes[place]) !== undefined)
      const problem = outcomes.map(problemOf).find((each) => each !== undefined)
      // It rolls the refusal back too, so that the event can be booked once its cause is put right.
      if (problem !== undefined) throw new DepositNotBookableError(refused[0]?.id ?? '', problem)
      const created = drafts.filter((_, place) => outcomes[place]?.status === 'created')
      const unassigned = created.filter(({ code }) => code === 'deposit.unassigned').length
      crashPoint('accounts.before-commit')
      return { booked: created.length, unassigned }
    })
  } catch (error) {
    if (!(error instanceof DepositNotBookableError) || ofClosed.size > 0) throw error
    // Closed accounts are too rare to look for them before. Whatever else is wrong is so again.
    return await bookAll(unitOfWork, events, new Set(refused)).catch((again) => {
      throw again instanceof DepositNotBookableError ? error : again
    })
  }
}

function draftOf(event: DepositEvent, isOfClosed: boolean): TransactionDraft {
  const draft = bookingOf(event, isOfClosed)
  return event.traceparent === undefined ? draft : { ...draft, traceparent: event.traceparent }
}

function bookingOf({ type, data }: DepositEvent, isOfClosed: boolean): TransactionDraft {
  if (type === 'deposit.suspended') return depositSuspense(data)
  if (type === 'deposit.confirmed') return isOfClosed ? depositToClosed(data) : depositCredit(data)
  const isOfOwner = isOfClosed && !data.suspended
  return isOfOwner ? depositReversalOfClosed(data) : depositReversal(data)
}

/** An event's id is what it is booked under; another would let one deposit be booked twice. */
function checkIdentity({ id, type, data }: DepositEvent): void {
  const kind = type === 'deposit.reversed' ? 'reversal' : 'confirmation'
  const reference = depositReference({ ...data, kind })
  if (id !== reference) {
    throw new DepositNotBookableError(id, `its deposit is ${JSON.stringify(reference)}`)
  }
}

/** What is wrong with an event whose booking came out so; nothing if it is booked. */
function problemOf(outcome: PostingOutcome | undefined): string | undefined {
  if (outcome?.status === 'exists' || outcome?.status === 'created') return undefined
  return outcome?.status === 'refused'
    ? `the ledger refused it: ${outcome.refusal.reason}`
    : `the ledger holds another under its reference: ${outcome?.status}`
}

/** An event that contradicts the ledger. An operator must find out who is wrong. */
export class DepositNotBookableError extends AppError {
  readonly code = 'LEDGER_DEPOSIT_NOT_BOOKABLE'
  /** In short, what is wrong with it. */
  readonly problem: string

  constructor(eventId: string, problem: string) {
    super(
      `Event ${JSON.stringify(eventId)} cannot be booked: ${problem}. Compare it with the ledger ` +
        'and the chain, and redrive it once the cause is put right.',
      { retry: 'never', details: { eventId, problem } },
    )
    this.problem = problem
  }
}
