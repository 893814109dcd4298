import { rowsRead } from '@coffer/testkit/rows-read'
import { testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { parseExternalId } from '../domain/external-id.ts'
import { walletsMigrations } from '../migrations.ts'
import { owners } from '../schema.ts'
import { postgresOwnerReader } from './postgres-owner-reader.ts'
import { postgresOwners } from './postgres-owners.ts'

test('finds users, and no other owner', async () => {
  await using database = await testDatabase([walletsMigrations])
  const { postgres } = database
  const users = postgresOwners(postgres)
  const { owner, isNew } = await users.create(parseExternalId('alice'), null)
  const [merchant] = await postgres.insert(owners).values({ kind: 'merchant' }).returning()

  expect(isNew).toBe(true)
  expect(await users.create(parseExternalId('alice'), null)).toEqual({ owner, isNew: false })
  expect(await users.find(owner.id)).toEqual(owner)
  expect(await users.find(merchant?.id ?? '')).toBeUndefined()
})

test('a name is a user’s, and a kind is one of three', async () => {
  await using database = await testDatabase([walletsMigrations])
  const insert = (values: Partial<typeof owners.$inferInsert>) =>
    database.postgres.insert(owners).values(values)

  await expect(insert({ kind: 'merchant', externalId: 'shop' })).rejects.toThrow()
  await expect(insert({ kind: 'robot' as 'user' })).rejects.toThrow()
  await expect(insert({ kind: 'payment' })).resolves.toBeDefined()
})

test('a tenant’s users are listed without a look at those of others', async () => {
  const connections = 2
  await using database = await testDatabase([walletsMigrations], { connectionsMax: connections })
  const { postgres } = database
  const tenant = '0199a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b1'
  // What was made first is the last that a look at everybody's comes to.
  await postgres.execute(sql`
    insert into wallets.owners (kind, tenant)
    select 'user', case when place <= 20 then ${tenant}::uuid end
    from generate_series(1, 20000) as place`)
  await postgres.execute(sql`insert into wallets.owners (kind, tenant)
    select 'payment', ${tenant}::uuid from generate_series(1, 20000)`)
  await postgres.execute(sql`analyze wallets.owners`)
  const table = 'wallets.owners'
  const before = await rowsRead(postgres, { table, connections })

  const query = { tenant, search: undefined }
  const users = await postgresOwnerReader(postgres).list(query, { before: undefined, limit: 50 })

  expect(users).toHaveLength(20)
  expect((await rowsRead(postgres, { table, connections })) - before).toBeLessThan(100)
})
