import { testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { openPostgres } from './open-postgres.ts'

const named = sql`select name from pg_prepared_statements order by name`

test('a pool that prepares has the server keep each statement once', async () => {
  await using database = await testDatabase([])
  await using postgres = openPostgres(database.url, { connectionsMax: 1, prepares: true })
  const double = (number: number) => postgres.execute(sql`select ${number}::int * 2 as doubled`)

  expect([await double(2), await double(3)]).toEqual([[{ doubled: 4 }], [{ doubled: 6 }]])
  const inOne = await postgres.transaction((tx) => tx.execute(sql`select 1::int as one`))
  expect(inOne).toEqual([{ one: 1 }])

  // The two, the bounds of the transaction, and the one that asks.
  const kept = await postgres.execute<{ name: string }>(named)
  expect(new Set(kept.map(({ name }) => name)).size).toBe(kept.length)
  await double(4)
  expect(await postgres.execute(named)).toEqual(kept)
})

test('a pool that does not prepare keeps nothing', async () => {
  await using database = await testDatabase([])
  await database.postgres.execute(sql`select ${1}::int`)

  expect(await database.postgres.execute(named)).toEqual([])
})
