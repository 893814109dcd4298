import { depositsMigrations } from '@coffer/deposits/migrations'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAudit } from './read-audit.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase([walletsMigrations, messagingMigrations, depositsMigrations])
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const execute = (statement: string) => database.postgres.execute(sql.raw(statement))

test('is not through before a chain has a final block, nor before that is audited', async () => {
  const before = await readAudit(database.postgres)
  await execute(`
    insert into deposits.chains (chain, start_number, checkpoint_number, checkpoint_hash,
      final_number)
    values ('eip155:1', 0, 12, sha256('twelve'), 9)`)
  const unaudited = await readAudit(database.postgres)
  await execute(`update deposits.chains set audited_number = 9`)

  expect([before.isThrough, unaudited.isThrough]).toEqual([false, false])
  expect(await readAudit(database.postgres)).toEqual({ isThrough: true, missed: 0, findings: [] })
})

test('counts what was missed in each block, closed or not, and tells all else', async () => {
  await execute(`
    insert into deposits.gaps (chain, kind, from_block, to_block, reason, closed_at, closed_by)
    values
      ('eip155:1', 'audit', 3, 3, 'The scan had missed one. It is stored now.', now(), 'reorg'),
      ('eip155:1', 'audit', 4, 4, 'The scan had missed another. It is stored now.', null, null),
      ('eip155:1', 'blocks', 5, 5, 'Not stored between blocks that are: five.', now(), 'work')`)

  expect(await readAudit(database.postgres)).toEqual({
    isThrough: true,
    missed: 2,
    findings: ['Not stored between blocks that are: five.'],
  })
})

test('is not through while something is owed of blocks that were scanned', async () => {
  await execute(`
    insert into deposits.gaps (chain, kind, from_block, to_block, reason)
    values ('eip155:1', 'traces', 3, 3, 'Traces are owed.')`)

  expect(await readAudit(database.postgres)).toMatchObject({ isThrough: false })
})
