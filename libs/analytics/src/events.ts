import { type ReadEvent, readEvent } from '@coffer/events/event'
import {
  ACCOUNTING_EVENTS,
  MERCHANT_EVENTS,
  NOTIFICATION_EVENTS,
  ORDER_EVENTS,
  PAYMENT_EVENTS,
  SETTLEMENT_EVENTS,
  WALLET_EVENTS,
} from '@coffer/events/topics'
import type { BatchHandler, Delivery } from '@coffer/messaging/ports'
import type { Logger } from '@coffer/telemetry/logger'

/** The topics whose events are counted. */
export const COUNTED_TOPICS: readonly string[] = [
  WALLET_EVENTS,
  ACCOUNTING_EVENTS,
  ORDER_EVENTS,
  PAYMENT_EVENTS,
  MERCHANT_EVENTS,
  SETTLEMENT_EVENTS,
  NOTIFICATION_EVENTS,
]

export type AnalyticsHandlerOptions = {
  countEvents: (events: readonly ReadEvent[]) => Promise<number>
  /** Told how many events of a batch changed what is counted. */
  onCounted?: (counted: number) => void
  logger: Logger
}

/** Counts what deliveries say, a batch at a time. Throws `EventFormatError`. */
export function analyticsHandler(options: AnalyticsHandlerOptions): BatchHandler {
  const { countEvents, onCounted, logger } = options
  return async (deliveries) => {
    const counted = await countEvents(deliveries.filter(mayCount).map(readEvent))
    onCounted?.(counted)
    logger.debug({ events: deliveries.length, counted }, 'counted a batch')
  }
}

/** Nearly all that is booked is counted by other events: so much is told without reading it. */
const mayCount = ({ headers, value }: Delivery): boolean =>
  headers['ce_type'] !== 'transaction.created' || value.includes('"deposit.credit"')
