import { eventMessage, type Message } from '@coffer/events/event'
import { enqueue } from '@coffer/messaging/outbox'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Way } from '../domain/notification.ts'
import type { Outcome, Taken } from '../ports.ts'

/**
 * Ends an attempt in `tx` and owes the announcement of what is final. Answers false, and changes
 * nothing, when its lease was taken over.
 */
export async function settleNotification(
  tx: Transaction,
  { id, holder }: Pick<Taken, 'id' | 'holder'>,
  outcome: Outcome,
): Promise<boolean> {
  const isFinal = outcome.as !== 'later'
  const [row] = await tx.execute<Settled>(sql`
    update notifications.notifications set
      state = ${isFinal ? outcome.as : 'waiting'},
      ended_at = ${isFinal ? sql`now()` : sql`null`},
      next_at = now() + make_interval(secs => ${isFinal ? 0 : outcome.waitMs / 1_000}),
      reason = ${outcome.as === 'sent' ? null : outcome.reason},
      holder = null, lease_until = null
    where id = ${id} and holder = ${holder} and state = 'waiting'
    returning id, event_id, event_type, recipient, way, attempts, redrives,
      round(extract(epoch from now()) * 1000)::text as at_ms`)
  if (row === undefined) return false
  if (isFinal) await enqueue(tx, [announcement(row, outcome)])
  return true
}

type Settled = {
  id: string
  event_id: string
  event_type: string
  recipient: string
  way: Way
  attempts: number
  redrives: number
  at_ms: string
}

function announcement(row: Settled, outcome: Exclude<Outcome, { as: 'later' }>): Message {
  const time = new Date(Number(row.at_ms)).toISOString()
  const about = {
    notificationId: row.id,
    eventId: row.event_id,
    eventType: row.event_type,
    owner: row.recipient,
    by: row.way,
    attempts: row.attempts,
  }
  const told = { source: 'coffer/notifications', time, key: row.recipient }
  // One that was asked for once more ends once more.
  const id = `notification:${row.id}:${row.redrives + 1}`
  if (outcome.as === 'sent') {
    return eventMessage({
      ...told,
      id,
      type: 'notification.sent',
      data: { ...about, sentAt: time },
    })
  }
  const failed = { ...about, reason: outcome.reason, failedAt: time }
  return eventMessage({ ...told, id, type: 'notification.failed', data: failed })
}
