import type { TestDatabase } from '@coffer/testkit/test-database'
import { type SQL, sql, TransactionRollbackError } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH } from '../testing/sample-events.ts'
import { hold } from '../testing/small-ledger.ts'
import { checkCounters } from './check-counters.ts'
import { postTransactions } from './post-transactions.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase()
  const drafts = [
    { number: 1, owner: 'alice', amount: 5n },
    { number: 2, owner: 'bob', amount: 7n },
    { number: 3, owner: 'alice', amount: 11n },
  ].map((sample) => depositCredit(confirmed(sample).data))
  const asset = { asset: ETH }
  const held = hold('hold', 'bob', 2n)
  const entries = held.entries.map(({ account, amount }) => ({
    ...{ account: { ...account, ...asset }, amount },
  }))
  await database.postgres.transaction((tx) =>
    postTransactions(tx, [...drafts, { ...held, entries }]),
  )
})
afterAll(() => database[Symbol.asyncDispose]())

/** Changes what no code of ours could, looks, and puts it back. */
async function violationsAfter(change: SQL): Promise<string[]> {
  const found: string[] = []
  await database.postgres
    .transaction(async (tx) => {
      await tx.execute(
        sql`alter table ledger.accounts drop constraint if exists accounts_available_not_negative`,
      )
      await tx.execute(sql`set local session_replication_role = replica`)
      await tx.execute(change)
      // Pages of one account each, so that each is the first and the last of one.
      for (const { invariant, subject, problem } of await checkCounters(tx as never, { page: 1 })) {
        found.push(`${invariant} ${subject.replace(/ \d+:|#\d+/g, '')}: ${problem}`)
      }
      tx.rollback()
    })
    .catch((error: unknown) => {
      if (!(error instanceof TransactionRollbackError)) throw error
    })
  return found
}

const available = (owner: string) => `account owner.available of ${owner} in ${ETH}`

test('finds nothing in a ledger that agrees with itself', async () => {
  expect(await checkCounters(database.postgres)).toEqual([])
  expect(await violationsAfter(sql`select`)).toEqual([])
})

test('names an account that counts something else than its last entry says, and its asset', async () => {
  const change = sql`update ledger.accounts set credits_posted = 17 where owner = 'alice'`

  expect(await violationsAfter(change)).toEqual([
    `I1 asset ${ETH}: its accounts sum to -1, not to 0`,
    `I1 ${available('alice')}: counts 2 entries and -17; its last entry is the 2. and says -16`,
  ])
})

test('names an account that lacks its last entry, and a transaction that lacks a side', async () => {
  const change = sql`
    delete from ledger.entries using ledger.accounts account
    where account.id = account_id and account.owner = 'bob'`

  expect(await violationsAfter(change)).toEqual([
    expect.stringMatching(/^I1 transaction .*: its entries in .* sum to 7, not to 0$/),
    `I1 ${available('bob')}: counts 1 entries and -7; its last entry is the 0. and says 0`,
  ])
})

test('names an account that counts as pending what is not held', async () => {
  const change = sql`update ledger.accounts set debits_pending = 1 where owner = 'bob'`

  expect(await violationsAfter(change)).toEqual([
    `I1 ${available('bob')}: counts pending debits 1, credits 0; ` +
      'its open holds are debits 2, credits 0',
  ])
})

test('names an owner who has less than nothing', async () => {
  const change = sql`update ledger.accounts set debits_pending = 8 where owner = 'bob'`

  expect(await violationsAfter(change)).toContain(
    `I6 ${available('bob')}: its available balance is -1`,
  )
})
