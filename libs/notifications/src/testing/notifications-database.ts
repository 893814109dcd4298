import { type ReadEvent, readEvent } from '@coffer/events/event'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { notificationsMigrations } from '../migrations.ts'
import { notifications } from '../schema.ts'

/** A database for notifications, and what they look like in it. */
export type NotificationsDatabase = AsyncDisposable & {
  url: string
  postgres: TestDatabase['postgres']
  rows(): Promise<(typeof notifications.$inferSelect)[]>
  /** Everything announced so far, in order. */
  announced(): Promise<ReadEvent[]>
  /** Has all that waits be due now, as if the time had passed. */
  letTimePass(): Promise<void>
  clear(): Promise<void>
}

export async function notificationsDatabase(): Promise<NotificationsDatabase> {
  const database = await testDatabase([messagingMigrations, notificationsMigrations])
  const { postgres, url } = database
  return {
    url,
    postgres,
    rows: async () => await postgres.select().from(notifications).orderBy(notifications.id),
    async announced() {
      const rows = await postgres.execute<{ headers: Record<string, string>; value: string }>(
        sql`select headers, value from messaging.outbox order by id`,
      )
      return rows.map(readEvent)
    },
    async letTimePass() {
      await postgres.execute(sql`
        update notifications.notifications set next_at = now(),
          lease_until = case when holder is null then null else now() - interval '1 second' end
        where state = 'waiting'`)
      await postgres.execute(sql`
        update notifications.webhook_endpoints set rests_until = null,
          lease_until = case when holder is null then null else now() - interval '1 second' end`)
    },
    async clear() {
      await postgres.execute(sql`
        truncate notifications.notifications, notifications.recipients,
          notifications.webhook_endpoints, messaging.inbox, messaging.outbox`)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
