import type { Postgres } from '@coffer/postgres/open-postgres'
import { testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { claimNew } from './inbox.ts'
import { messagingMigrations } from './migrations.ts'
import { openTransaction } from './testing/outbox-under-test.ts'

const claim = (postgres: Postgres, ids: readonly string[], consumer = 'accounts') =>
  postgres.transaction((tx) => claimNew(tx, consumer, ids))

test('returns what is new, once, though a batch repeats it', async () => {
  await using database = await testDatabase([messagingMigrations])

  expect(await claim(database.postgres, ['a', 'b', 'a'])).toEqual(new Set(['a', 'b']))
  expect(await claim(database.postgres, ['b', 'c'])).toEqual(new Set(['c']))
  expect(await claim(database.postgres, [])).toEqual(new Set())
})

test('gives each consumer its own memory', async () => {
  await using database = await testDatabase([messagingMigrations])

  expect(await claim(database.postgres, ['a'], 'accounts')).toEqual(new Set(['a']))
  expect(await claim(database.postgres, ['a'], 'analytics')).toEqual(new Set(['a']))
})

test('forgets what a rolled back transaction claimed', async () => {
  await using database = await testDatabase([messagingMigrations])
  const first = await openTransaction(database.postgres, async (tx) => {
    await claimNew(tx, 'accounts', ['a'])
  })

  await first.rollback()

  expect(await claim(database.postgres, ['a'])).toEqual(new Set(['a']))
})

test('lets one of two concurrent transactions have an event, when the first commits', async () => {
  await using database = await testDatabase([messagingMigrations])
  const first = await openTransaction(database.postgres, async (tx) => {
    await claimNew(tx, 'accounts', ['a', 'b'])
  })

  const second = claim(database.postgres, ['b', 'c'])
  await first.commit()

  expect(await second).toEqual(new Set(['c']))
})

test('lets the second have it when the first rolls back', async () => {
  await using database = await testDatabase([messagingMigrations])
  const first = await openTransaction(database.postgres, async (tx) => {
    await claimNew(tx, 'accounts', ['a', 'b'])
  })

  const second = claim(database.postgres, ['b', 'c'])
  await first.rollback()

  expect(await second).toEqual(new Set(['b', 'c']))
})

test('gives each event to exactly one of many transactions, in whatever order they ask', async () => {
  await using database = await testDatabase([messagingMigrations])
  const ids = Array.from({ length: 300 }, (_, n) => `event-${n}`)

  const claimed = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      claim(database.postgres, n % 2 === 0 ? ids : ids.toReversed()),
    ),
  )

  expect(claimed.flatMap((each) => [...each]).sort()).toEqual(ids.toSorted())
})

test('lets two batches that name the same events in opposite order wait, and not deadlock', async () => {
  await using database = await testDatabase([messagingMigrations])
  const { postgres } = database
  const holder = await openTransaction(postgres, async (tx) => {
    await claimNew(tx, 'accounts', ['m'])
  })

  const claims = Promise.all([claim(postgres, ['a', 'm', 'x']), claim(postgres, ['x', 'm', 'a'])])
  await waitFor(async () => (await waitingForLocks(postgres)) === 2, { what: 'both to wait' })
  await holder.rollback()

  expect((await claims).flatMap((each) => [...each]).sort()).toEqual(['a', 'm', 'x'])
})

async function waitingForLocks(postgres: Postgres): Promise<number | undefined> {
  const [row] = await postgres.execute<{ count: number }>(sql`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
  `)
  return row?.count
}
