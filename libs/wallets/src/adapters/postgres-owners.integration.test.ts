import { testDatabase } from '@coffer/testkit/test-database'
import { expect, test } from 'vitest'
import { parseExternalId } from '../domain/external-id.ts'
import { walletsMigrations } from '../migrations.ts'
import { owners } from '../schema.ts'
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
