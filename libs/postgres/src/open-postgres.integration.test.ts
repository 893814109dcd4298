import { testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { openPostgres } from './open-postgres.ts'
import { isTransientPostgresError } from './transient.ts'

test('a transaction that idles ends, and others have what it had locked', async () => {
  await using database = await testDatabase([])
  const { postgres, url } = database
  await postgres.execute(sql`create table held as select 1 as id`)
  await using hanging = openPostgres(url, { idleInTransactionMs: 100 })

  // It hangs until somebody else has the row, as a process that is paused in its midst.
  const hung = hanging.transaction(async (tx) => {
    await tx.execute(sql`select from held for update`)
    const taken = await postgres.execute(sql`select id from held for update`)
    await tx.execute(sql`select 1`)
    return taken
  })

  await expect(hung).rejects.toSatisfy(isTransientPostgresError)
  expect(await postgres.execute(sql`select id from held for update nowait`)).toHaveLength(1)
})
