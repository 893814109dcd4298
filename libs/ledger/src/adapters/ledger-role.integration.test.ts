import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed } from '../testing/sample-events.ts'
import { postTransactions } from './post-transactions.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase()
  await database.postgres.transaction((tx) => postTransactions(tx, [credit(1)]))
})
afterAll(() => database[Symbol.asyncDispose]())

const credit = (number: number) =>
  depositCredit(confirmed({ number, owner: `owner-${number}`, amount: 5n }).data)

test('the role of the ledger books, and opens accounts', async () => {
  const outcomes = await database.postgres.transaction(async (tx) => {
    await tx.execute(sql`set local role coffer_ledger`)
    return await postTransactions(tx, [credit(1), credit(2)])
  })

  expect(outcomes.map(({ status }) => status)).toEqual(['exists', 'created'])
})

test.each([
  'update ledger.entries set amount = 1',
  'delete from ledger.entries',
  'truncate ledger.entries',
  "update ledger.transactions set reference = 'another'",
  'delete from ledger.transactions',
  "update ledger.accounts set owner = 'another'",
  'delete from ledger.accounts',
  'alter table ledger.entries disable trigger all',
])('the role of the ledger may not: %s', async (statement) => {
  const work = database.postgres.transaction(async (tx) => {
    await tx.execute(sql`set local role coffer_ledger`)
    await tx.execute(sql.raw(statement))
  })

  await expect(work).rejects.toMatchObject({ cause: { code: '42501' } })
})
