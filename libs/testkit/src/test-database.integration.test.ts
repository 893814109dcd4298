import { messagingMigrations } from '@coffer/messaging/migrations'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { stackUrls } from './stack-urls.ts'
import { testDatabase } from './test-database.ts'

const claim = sql`insert into messaging.inbox (consumer, event_id) values ('a', '1') returning 1`

test('gives every caller a migrated database of its own, also when many call at once', async () => {
  await using stack = new AsyncDisposableStack()
  const opened = await Promise.all(
    Array.from({ length: 4 }, () => testDatabase([messagingMigrations])),
  )
  for (const database of opened) stack.use(database)

  const claimed = await Promise.all(opened.map(({ postgres }) => postgres.execute(claim)))

  expect(claimed.map((rows) => rows.length)).toEqual([1, 1, 1, 1])
  expect(new Set(opened.map(({ url }) => url)).size).toBe(4)
})

test('drops the database at the end, even with a connection left open', async () => {
  const { url, [Symbol.asyncDispose]: dispose } = await testDatabase([])
  await using forgotten = openPostgres(url)
  await forgotten.execute(sql`select 1`)

  await dispose()

  const name = new URL(url).pathname.slice(1)
  await using server = openPostgres(stackUrls().DATABASE_URL)
  expect(await server.execute(sql`select from pg_database where datname = ${name}`)).toHaveLength(0)
})
