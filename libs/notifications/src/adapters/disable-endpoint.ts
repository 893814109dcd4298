import type { EventWire } from '@coffer/events/catalogue'
import { eventMessage } from '@coffer/events/event'
import { enqueue } from '@coffer/messaging/outbox'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { DisabledReason, Lane } from '../ports.ts'
import { addNotifications } from './add-notifications.ts'

/**
 * Has nothing more go to an endpoint until its owner enables it, announces that, and owes them an
 * e-mail. What waits for it waits on. Answers why, or undefined if it was disabled before.
 */
export async function disableEndpoint(
  tx: Transaction,
  { endpointId }: Pick<Lane, 'endpointId'>,
  reason: DisabledReason,
): Promise<DisabledReason | undefined> {
  const [row] = await tx.execute<{ owner: string; url: string; disabled_at: string }>(sql`
    update notifications.webhook_endpoints set
      disabled_at = now(), disabled_reason = ${reason}
    where id = ${endpointId} and disabled_at is null and deleted_at is null
    returning owner, url, disabled_at`)
  if (row === undefined) return undefined
  const { owner } = row
  const time = new Date(row.disabled_at).toISOString()
  const facts: EventWire<'webhook-endpoint.disabled'> = {
    endpointId,
    owner,
    url: withoutQuery(row.url),
    reason,
    disabledAt: time,
  }
  const type = 'webhook-endpoint.disabled'
  const eventId = `webhook-endpoint:${endpointId}:disabled:${time}`
  await enqueue(tx, [
    eventMessage({
      id: eventId,
      type,
      source: 'coffer/notifications',
      time,
      key: owner,
      data: facts,
    }),
  ])
  const news = { eventId, type, time, data: JSON.stringify(facts), owner, reader: owner } as const
  await addNotifications(tx, [
    {
      news: { ...news, isReaderExpected: true },
      recipient: owner,
      way: 'email',
      target: owner,
    },
  ])
  return reason
}

/** What stands behind the question mark is often a secret. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}
