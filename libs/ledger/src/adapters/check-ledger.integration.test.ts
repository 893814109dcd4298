import type { TestDatabase } from '@coffer/testkit/test-database'
import { type SQL, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH } from '../testing/sample-events.ts'
import { checkLedger } from './check-ledger.ts'
import { postTransactions } from './post-transactions.ts'
import { trialBalance } from './trial-balance.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await ledgerDatabase()
  const drafts = [
    { number: 1, owner: 'alice', amount: 5n },
    { number: 2, owner: 'bob', amount: 7n },
    { number: 3, owner: 'alice', amount: 11n },
  ].map((sample) => depositCredit(confirmed(sample).data))
  await database.postgres.transaction((tx) => postTransactions(tx, drafts))
})
afterEach(() => database[Symbol.asyncDispose]())

/** Changes what no code of ours could change. */
async function corrupt(...statements: SQL[]): Promise<void> {
  await database.postgres.transaction(async (tx) => {
    await tx.execute(
      sql`alter table ledger.accounts drop constraint if exists accounts_available_not_negative`,
    )
    // Triggers and foreign keys are off in this transaction.
    await tx.execute(sql`set local session_replication_role = replica`)
    for (const statement of statements) await tx.execute(statement)
  })
}

const subjects = async () =>
  (await checkLedger(database.postgres)).map(({ subject, ...rest }) => ({
    ...rest,
    subject: subject.replace(/^(account|transaction) [0-9]+/, '$1 …').replace(/#\d+/, ''),
  }))

const account = (code: string, owner: string) => `account …: ${code} of ${owner} in ${ETH}`

test('finds nothing in a ledger that agrees with itself', async () => {
  expect(await subjects()).toEqual([])
})

test('adds up every account by asset and code', async () => {
  expect(await trialBalance(database.postgres)).toEqual([
    { asset: ETH, total: 0n, byCode: { custody: 23n, 'owner.available': -23n } },
  ])
})

test('names an account whose counters are not the sum of its entries', async () => {
  await corrupt(sql`update ledger.accounts set credits_posted = 17 where owner = 'alice'`)

  expect(await subjects()).toEqual([
    {
      invariant: 'I1',
      subject: account('owner.available', 'alice'),
      problem: 'counts 2 entries, debits 0, credits 17; its entries are 2, debits 0, credits 16',
    },
  ])
})

test('names everything that an edited amount breaks', async () => {
  await corrupt(sql`
    update ledger.entries set amount = -6
    where amount = -5
  `)

  expect(await subjects()).toEqual([
    { invariant: 'I1', subject: `asset ${ETH}`, problem: 'its entries sum to -1, not to 0' },
    {
      invariant: 'I1',
      subject: `transaction …: ${confirmed({ number: 1, owner: 'alice', amount: 5n }).id}`,
      problem: `its entries in ${ETH} sum to -1, not to 0`,
    },
    {
      invariant: 'I1',
      subject: account('owner.available', 'alice'),
      problem: 'counts 2 entries, debits 0, credits 16; its entries are 2, debits 0, credits 17',
    },
    {
      invariant: 'I1',
      subject: account('owner.available', 'alice'),
      problem: 'its entry 1 has version 1 and balance -5; the entries before it make 1 and -6',
    },
  ])
})

test('names a transaction whose entries are gone, and the accounts that miss them', async () => {
  await corrupt(sql`
    delete from ledger.entries using ledger.transactions transaction
    where transaction.id = transaction_id
      and transaction.reference = ${confirmed({ number: 2, owner: 'bob', amount: 7n }).id}
  `)

  expect(await subjects()).toMatchObject([
    { subject: expect.stringContaining('transaction …'), problem: 'it has no entries' },
    { subject: account('owner.available', 'bob') },
    { subject: account('custody', 'system') },
    {
      subject: account('custody', 'system'),
      problem: 'its entry 2 has version 3 and balance 23; the entries before it make 2 and 16',
    },
  ])
})

test('names an account whose entries go back in time, or to an older transaction', async () => {
  const third = confirmed({ number: 3, owner: 'alice', amount: 11n }).id
  await corrupt(sql`
    update ledger.transactions set recorded_at = recorded_at - interval '1 hour'
    where reference = ${third}`)
  const back = await subjects()
  await corrupt(
    sql`update ledger.transactions set recorded_at = now(), id = -id where reference = ${third}`,
    sql`update ledger.entries entry set transaction_id = transaction.id
      from ledger.transactions transaction where transaction.id = -entry.transaction_id`,
  )

  const named = [account('owner.available', 'alice'), account('custody', 'system')].map(
    (subject) => ({ invariant: 'I1', subject, problem: expect.stringContaining('recorded at') }),
  )
  expect(new Set(back)).toEqual(new Set(named))
  expect(new Set(await subjects())).toEqual(new Set(named))
})

const held = (reference: string) => ({
  reference,
  code: 'hold',
  owner: 'bob',
  eventAt: new Date(0),
  entries: [
    { account: { owner: 'bob', code: 'owner.available' as const, asset: ETH }, amount: 2n },
    { account: { owner: 'system', code: 'custody' as const, asset: ETH }, amount: -2n },
  ],
  hold: {},
})

test('finds nothing wrong with a hold, and names an account that counts it wrong', async () => {
  await database.postgres.transaction((tx) => postTransactions(tx, [held('h')]))
  expect(await subjects()).toEqual([])

  await corrupt(sql`update ledger.accounts set debits_pending = 1 where owner = 'bob'`)

  expect(await subjects()).toEqual([
    {
      invariant: 'I1',
      subject: account('owner.available', 'bob'),
      problem: 'counts pending debits 1, credits 0; its open holds are debits 2, credits 0',
    },
  ])
})

test('names a hold that is gone without having been resolved', async () => {
  await database.postgres.transaction((tx) => postTransactions(tx, [held('h')]))

  await corrupt(sql`delete from ledger.open_holds`)

  expect(await subjects()).toContainEqual({
    invariant: 'I1',
    subject: expect.stringMatching(/^hold \d+: h$/),
    problem: 'it is not open, and nothing resolved it',
  })
})

test('names an available balance below zero', async () => {
  await corrupt(sql`update ledger.accounts set debits_posted = 20 where owner = 'bob'`)

  expect(await subjects()).toContainEqual({
    invariant: 'I6',
    subject: account('owner.available', 'bob'),
    problem: 'its available balance is -13',
  })
})
