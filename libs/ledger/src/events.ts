import { type ReadEvent, readEvent } from '@coffer/events/event'
import type { BatchHandler, Delivery } from '@coffer/messaging/ports'
import type { Logger } from '@coffer/telemetry/logger'
import type { BookingMetrics } from './ports.ts'
import { type BookedDeposits, type DepositEvent, isDepositEvent } from './usecases/book-deposits.ts'

export type AccountsHandlerOptions = {
  bookDeposits: (events: readonly DepositEvent[]) => Promise<BookedDeposits>
  logger: Logger
  metrics?: Pick<BookingMetrics, 'batch'>
}

/**
 * Books what deliveries of wallet.events say, a batch at a time, and passes over events that book
 * nothing. Throws `EventFormatError` if one of them is not an event of ours, before it books any.
 */
export function accountsHandler(options: AccountsHandlerOptions): BatchHandler {
  const { bookDeposits, logger, metrics } = options
  return async (deliveries) => {
    const events = deliveries.map(readDelivery).filter(isDepositEvent)
    if (events.length === 0) return
    const startedMs = performance.now()
    const { booked, duplicates } = await bookDeposits(events)
    const seconds = (performance.now() - startedMs) / 1_000
    metrics?.batch({ booked, duplicates, seconds })
    logger.debug({ booked, duplicates, seconds }, 'booked a batch')
  }
}

type TracedEvent = ReadEvent & { traceparent?: string | undefined }

const readDelivery = (delivery: Delivery): TracedEvent => ({
  ...readEvent(delivery),
  traceparent: delivery.headers.traceparent,
})
