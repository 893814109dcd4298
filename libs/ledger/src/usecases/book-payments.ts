import { AppError } from '@coffer/errors/app-error'
import type { ReadEvent } from '@coffer/events/event'
import { chargeCredit, chargeReversal } from '../domain/charge-transactions.ts'
import { paymentCredit, paymentReversal } from '../domain/payment-transactions.ts'
import { refundPaid, refundRelease } from '../domain/refund-transactions.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { PostingOutcome, UnitOfWork } from '../ports.ts'

type Told<T extends ReadEvent['type']> = Extract<ReadEvent, { type: T }>

/** An event of a payment that books something. */
export type PaymentEvent = (
  | Told<'payment.succeeded' | 'refund.succeeded' | 'refund.failed'>
  | Told<'charge.succeeded' | 'charge.reversed'>
  | (Told<'payment.failed'> & { data: { success: number } })
) & {
  /** W3C trace context of the message that carried it. */
  traceparent?: string | undefined
}

/** Whether an event of a payment books something: a failure does if it takes a success back. */
export const isPaymentEvent = <Event extends ReadEvent>(
  event: Event,
): event is Event & PaymentEvent =>
  event.type === 'payment.succeeded' ||
  event.type === 'charge.succeeded' ||
  event.type === 'charge.reversed' ||
  event.type === 'refund.succeeded' ||
  event.type === 'refund.failed' ||
  (event.type === 'payment.failed' && event.data.success !== undefined)

export type BookedPayments = {
  booked: number
  /** Events that had been booked before, or twice in this batch. */
  duplicates: number
}

/**
 * Books the events of a batch in order, each once for ever, all in one transaction. Throws
 * {@link PaymentNotBookableError} if one of them can never be booked: then nothing of the batch
 * was.
 */
export const bookPayments =
  ({ unitOfWork }: { unitOfWork: UnitOfWork }) =>
  async (events: readonly PaymentEvent[]): Promise<BookedPayments> => {
    const drafts = events.map(draftOf)
    const booked = await unitOfWork(async (books) => {
      const outcomes = await books.post(drafts)
      for (const [place, event] of events.entries()) {
        const problem = problemOf(outcomes[place])
        // It rolls back the refusal too: the event can be booked once its cause is put right.
        if (problem !== undefined) throw new PaymentNotBookableError(event.id, problem)
      }
      return outcomes.filter(({ status }) => status === 'created').length
    })
    return { booked, duplicates: events.length - booked }
  }

function draftOf(event: PaymentEvent): TransactionDraft {
  const draft = bookingOf(event)
  return event.traceparent === undefined ? draft : { ...draft, traceparent: event.traceparent }
}

function bookingOf(event: PaymentEvent): TransactionDraft {
  const { id, type, data } = event
  if (type === 'charge.succeeded') return chargeCredit(data)
  if (type === 'charge.reversed') return chargeReversal(data)
  if (type === 'refund.succeeded') {
    return refundPaid(checkedRefund(id, data), new Date(data.succeededAt))
  }
  if (type === 'refund.failed') {
    return refundRelease(checkedRefund(id, data), new Date(data.failedAt))
  }
  const { fee } = data
  if (fee === undefined) throw new PaymentNotBookableError(id, 'it does not say what we kept')
  if (fee > data.amount) throw new PaymentNotBookableError(id, 'its fee exceeds its amount')
  return type === 'payment.succeeded' ? paymentCredit(data) : paymentReversal({ ...data, fee })
}

function checkedRefund<Refund extends { amount: bigint; excess: bigint }>(
  id: string,
  refund: Refund,
): Refund {
  if (refund.excess <= refund.amount) return refund
  throw new PaymentNotBookableError(id, 'its excess exceeds its amount')
}

/** What is wrong with an event whose booking came out so; nothing if it is booked. */
function problemOf(outcome: PostingOutcome | undefined): string | undefined {
  if (outcome?.status === 'exists' || outcome?.status === 'created') return undefined
  return outcome?.status === 'refused'
    ? `the ledger refused it: ${outcome.refusal.reason}`
    : `the ledger holds another under its reference: ${outcome?.status}`
}

/** An event of a payment that contradicts the ledger. An operator must find out who is wrong. */
export class PaymentNotBookableError extends AppError {
  readonly code = 'LEDGER_PAYMENT_NOT_BOOKABLE'

  constructor(eventId: string, problem: string) {
    super(
      `Event ${JSON.stringify(eventId)} cannot be booked: ${problem}. Compare it with the ledger ` +
        'and the payment, and redrive it once the cause is put right.',
      { retry: 'never', details: { eventId, problem } },
    )
  }
}
