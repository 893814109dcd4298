import { readEvent } from '@coffer/events/event'
import type { Delivery } from '@coffer/messaging/ports'
import type { HeardEvent } from './domain/news-of.ts'
import type { Added } from './ports.ts'

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
    const added = await tellOfEvents(heard)
    if (added.length > 0) await onAdded(added)
  }
