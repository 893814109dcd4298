import { randomUUID } from 'node:crypto'
import type { EventType } from '@coffer/events/catalogue'
import type { Job } from '@coffer/jobs/ports'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Locale } from '../domain/locale.ts'
import type { OutgoingLetters, TakenLetter } from '../ports.ts'
import { settleNotification } from './settle-notification.ts'

/** {@link OutgoingLetters} in PostgreSQL, whose time alone says what is due and who has it. */
export function postgresOutgoingLetters(
  postgres: Postgres,
): OutgoingLetters & { due(until: Date, limit: number): Promise<Job[]> } {
  return {
    take: (id, leaseMs) => take(postgres, id, leaseMs),
    settle: (taken, outcome) =>
      postgres.transaction((tx) => settleNotification(tx, taken, outcome)),
    async due(until, limit) {
      const rows = await postgres.execute<{ id: string; due_ms: string }>(sql`
        select id, (extract(epoch from greatest(next_at, lease_until)) * 1000)::bigint as due_ms
        from notifications.notifications
        where state = 'waiting' and way = 'email'
          and next_at < ${until.toISOString()}::timestamptz
          and (lease_until is null or lease_until < ${until.toISOString()}::timestamptz)
        order by next_at, id
        limit ${limit}`)
      return rows.map(({ id, due_ms }) => ({ id, dueAt: new Date(Number(due_ms)) }))
    },
  }
}

type Row = {
  id: string
  attempts: number
  event_id: string
  event_type: EventType
  event_time: Date
  event_data: string
  recipient: string
  name: string | null
  email: string | null
  locale: Locale
}

/** A worker's clock may be a little ahead of the database's; its job is not lost by that. */
const AHEAD = sql`interval '250 milliseconds'`

async function take(
  postgres: Postgres,
  id: string,
  leaseMs: number,
): Promise<TakenLetter | undefined> {
  const holder = randomUUID()
  const [row] = await postgres.execute<Row>(sql`
    update notifications.notifications as taken set
      holder = ${holder}, lease_until = now() + make_interval(secs => ${leaseMs / 1_000}),
      attempts = taken.attempts + 1
    from (
      select waiting.id, reader.name, coalesce(reader.email, reader.told_email) as email,
        coalesce(reader.locale, reader.told_locale, 'en') as locale
      from notifications.notifications as waiting
      left join notifications.recipients as reader on reader.id = waiting.recipient
      where waiting.id = ${id} and waiting.way = 'email' and waiting.state = 'waiting'
        and waiting.next_at <= now() + ${AHEAD}
        and (waiting.lease_until is null or waiting.lease_until < now())
      for update of waiting skip locked
    ) as due
    where taken.id = due.id
    returning taken.id, taken.attempts, event_id, event_type, event_time, event_data, recipient,
      due.name, due.email, due.locale`)
  return row && takenOf(row, holder)
}

function takenOf({ attempts: attempt, ...row }: Row, holder: string): TakenLetter {
  const { id, event_id: eventId, event_type: eventType, event_data: eventData, recipient } = row
  const { email, name, locale } = row
  return {
    ...{ id, attempt, holder, eventId, eventType, eventData, recipient },
    eventTime: new Date(row.event_time).toISOString(),
    reader: email === null ? undefined : { id: recipient, name: name ?? undefined, email, locale },
  }
}
