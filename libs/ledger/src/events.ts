import { type ReadEvent, readEvent } from '@coffer/events/event'
import type { BatchHandler, Delivery } from '@coffer/messaging/ports'
import type { Logger } from '@coffer/telemetry/logger'
import { readTraceparent } from '@coffer/telemetry/trace-place'
import { isTracing, recordSteps } from '@coffer/telemetry/tracing'
import type { BookingMetrics } from './ports.ts'
import { type BookedDeposits, type DepositEvent, isDepositEvent } from './usecases/book-deposits.ts'
import { type BookedPayments, isPaymentEvent, type PaymentEvent } from './usecases/book-payments.ts'

export type AccountsHandlerOptions = {
  bookDeposits: (events: readonly DepositEvent[]) => Promise<BookedDeposits>
  /** Left out where there are no payments. */
  bookPayments?: (events: readonly PaymentEvent[]) => Promise<BookedPayments>
  logger: Logger
  metrics?: Pick<BookingMetrics, 'batch'>
}

const NOTHING = { booked: 0, duplicates: 0 }

/**
 * Books what deliveries of wallet.events and payment.events say, a batch at a time, and passes over
 * events that book nothing. Deposits come first, and which of the two does makes no difference.
 * Throws `EventFormatError` if one of them is not an event of ours, before it books any.
 */
export function accountsHandler(options: AccountsHandlerOptions): BatchHandler {
  const { bookDeposits, bookPayments, logger, metrics } = options
  return async (deliveries) => {
    const events = deliveries.map(readDelivery)
    const deposits = events.filter(isDepositEvent)
    const payments = bookPayments ? events.filter(isPaymentEvent) : []
    if (deposits.length + payments.length === 0) return
    const startedMs = performance.now()
    const ofDeposits = deposits.length > 0 ? await bookDeposits(deposits) : NOTHING
    const ofPayments = payments.length > 0 ? await bookPayments?.(payments) : NOTHING
    const booked = ofDeposits.booked + (ofPayments?.booked ?? 0)
    const duplicates = ofDeposits.duplicates + (ofPayments?.duplicates ?? 0)
    const seconds = (performance.now() - startedMs) / 1_000
    if (isTracing()) traceBooked(deposits, seconds)
    // Which were repeats is not told here: they would say that their credit took until now.
    const credited = duplicates === 0 ? creditedAfter(deposits) : []
    metrics?.batch({ booked, duplicates, seconds, credited })
    logger.debug({ booked, duplicates, seconds }, 'booked a batch')
  }
}

/** So many of a batch are looked at, evenly: they have much in common. */
const CREDITED_MAX = 20

/** How long deposits had been final by now, in seconds. */
function creditedAfter(events: readonly DepositEvent[]): number[] {
  const now = Date.now()
  const step = Math.max(1, Math.ceil(events.length / CREDITED_MAX))
  const looked = events.filter((_, place) => place % step === 0)
  return looked.flatMap(({ type, time }) =>
    type === 'deposit.confirmed' ? [Math.max(0, now - Date.parse(time)) / 1_000] : [],
  )
}

type TracedEvent = ReadEvent & { traceparent?: string | undefined }

const readDelivery = (delivery: Delivery): TracedEvent => ({
  ...readEvent(delivery),
  traceparent: delivery.headers.traceparent,
})

/** What was booked in one transaction, for each deposit that is traced. */
function traceBooked(events: readonly DepositEvent[], seconds: number): void {
  const endMs = Date.now()
  const booked = { name: 'book in ledger', startMs: endMs - seconds * 1_000, endMs }
  const steps = events.flatMap(({ id, traceparent }) => {
    const of = readTraceparent(traceparent)
    return of ? [{ of, ...booked, facts: { 'coffer.ledger.reference': id } }] : []
  })
  recordSteps({ ...booked, facts: { 'coffer.ledger.transactions': events.length } }, steps)
}
