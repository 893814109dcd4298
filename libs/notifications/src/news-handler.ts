import type { Delivery } from '@coffer/messaging/ports'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { postgresNotificationRooms } from './adapters/postgres-notification-rooms.ts'
import { notificationsHandler } from './events.ts'
import { type WakeOptions, wakeFor } from './jobs.ts'
import { tellOfEvents } from './usecases/tell-of-events.ts'

export type NewsHandlerOptions = WakeOptions & {
  postgres: Postgres
  /** What happened longer ago is told to nobody. */
  ageMaxMs: number
}

/** Under this name events are claimed, whatever the consumer group is called. */
const CONSUMER = 'notifications'

/** Writes down whom an event concerns, once for ever, and wakes whoever tells them. */
export function newsHandler({
  postgres,
  ageMaxMs,
  ...woken
}: NewsHandlerOptions): (deliveries: readonly Delivery[]) => Promise<void> {
  const rooms = postgresNotificationRooms(postgres)
  const told = { rooms, consumer: CONSUMER, now: () => new Date(), ageMaxMs }
  return notificationsHandler({ tellOfEvents: tellOfEvents(told), onAdded: wakeFor(woken) })
}
