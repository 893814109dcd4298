import { readEvent } from '@coffer/events/event'
import {
  MERCHANT_EVENTS,
  ORDER_EVENTS,
  PAYMENT_EVENTS,
  SETTLEMENT_EVENTS,
  WALLET_EVENTS,
} from '@coffer/events/topics'
import type { Delivery } from '@coffer/messaging/ports'
import { isTracing } from '@coffer/telemetry/tracing'
import type { HeardEvent } from './domain/news-of.ts'
import type { Added } from './ports.ts'
import { traceMade } from './trace-notifications.ts'

/** The topics of what people are told of, and of whom. */
export const NEWS_TOPICS: readonly string[] = [
  WALLET_EVENTS,
  ORDER_EVENTS,
  PAYMENT_EVENTS,
  MERCHANT_EVENTS,
  SETTLEMENT_EVENTS,
]

export type NotificationsHandlerOptions = {
  tellOfEvents: (heard: readonly HeardEvent[]) => Promise<Added[]>
  /** Told what was made, so that it is sent at once. */
  onAdded: (added: readonly Added[]) => Promise<void>
}

/** Tells of what happened: what comes in from the topics of every other context. */
export const notificationsHandler =
  ({ tellOfEvents, onAdded }: NotificationsHandlerOptions) =>
  async (deliveries: readonly Delivery[]): Promise<void> => {
    const heard = deliveries.map((delivery) => ({
      event: readEvent(delivery),
      data: delivery.value,
    }))
    const startMs = Date.now()
    const added = await tellOfEvents(heard)
    if (isTracing()) traceMade(added, startMs)
    if (added.length > 0) await onAdded(added)
  }
