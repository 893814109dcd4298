import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { notificationsDatabase } from '../testing/notifications-database.ts'
import { pruneNotifications } from './prune-notifications.ts'

const DAY_MS = 86_400_000

test('what was sent long ago is deleted, and nothing that was not sent', async () => {
  await using database = await notificationsDatabase()
  const { postgres } = database
  /** Made and ended so many days ago. */
  const add = (eventId: string, state: string, madeDays: number, endedDays: number | null) =>
    postgres.execute(sql`
      insert into notifications.notifications (id, event_id, event_type, event_time, event_data,
        recipient, way, target, state, ended_at)
      values (uuidv7(make_interval(days => ${-madeDays})), ${eventId}, 'order.paid', now(), '{}',
        'shop', 'email', 'shop', ${state}, now() - make_interval(days => ${endedDays}))`)
  await add('long ago', 'sent', 91, 91)
  await add('late', 'sent', 91, 89)
  await add('lately', 'sent', 1, 1)
  await add('in vain', 'failed', 91, 91)
  await add('not so far', 'waiting', 91, null)

  expect(await pruneNotifications(postgres, 90 * DAY_MS)()).toBe('idle')

  expect((await database.rows()).map(({ eventId }) => eventId).toSorted()).toEqual([
    ...['in vain', 'late', 'lately', 'not so far'],
  ])
})

test('much is deleted in many steps', async () => {
  await using database = await notificationsDatabase()
  await database.postgres.execute(sql`
    insert into notifications.notifications (id, event_id, event_type, event_time, event_data,
      recipient, way, target, state, ended_at)
    select uuidv7(interval '-9 days'), n, 'order.paid', now(), '{}', 'shop', 'email', 'shop',
      'sent', now() - interval '9 days' from generate_series(1, 1500) n`)
  const prune = pruneNotifications(database.postgres, 8 * DAY_MS)

  expect([await prune(), await prune()]).toEqual(['busy', 'idle'])
  expect(await database.rows()).toEqual([])
})
