import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { NewNotification } from '../domain/notification.ts'
import type { Added } from '../ports.ts'

/** Makes notifications in `tx`; one that is there already is not made again. */
export async function addNotifications(
  tx: Transaction,
  added: readonly NewNotification[],
): Promise<Added[]> {
  if (added.length === 0) return []
  const column = (pick: (each: NewNotification) => string) => sql.param(added.map(pick))
  return await tx.execute<Added>(sql`
    insert into notifications.notifications
      (event_id, event_type, event_time, event_data, recipient, way, target)
    select event_id, event_type, event_time, event_data, recipient, way, target
    from unnest(
      ${column(({ news }) => news.eventId)}::text[], ${column(({ news }) => news.type)}::text[],
      ${column(({ news }) => news.time)}::timestamptz[], ${column(({ news }) => news.data)}::text[],
      ${column(({ recipient }) => recipient)}::text[], ${column(({ way }) => way)}::text[],
      ${column(({ target }) => target)}::text[]
    ) with ordinality as made
      (event_id, event_type, event_time, event_data, recipient, way, target, place)
    order by place
    on conflict (event_id, way, target) do nothing
    returning id, way, target, event_id as "eventId", event_type as "eventType"`)
}
