import { UNITS_MAX } from '@coffer/money/units'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import type { AccountName, TransactionDraft } from '../domain/transaction.ts'
import type { PostingOutcome } from '../ports.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH } from '../testing/sample-events.ts'
import { balancesOf } from './balances.ts'
import { checkLedger } from './check-ledger.ts'
import { postTransactions } from './post-transactions.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const custody: AccountName = { owner: 'system', code: 'custody', asset: ETH }
const available = (owner: string): AccountName => ({ owner, code: 'owner.available', asset: ETH })

const credit = (number: number, owner: string, amount: bigint) =>
  depositCredit(confirmed({ number, owner, amount }).data)

const spend = (reference: string, owner: string, amount: bigint): TransactionDraft => ({
  reference,
  code: 'spend',
  owner,
  eventAt: new Date(0),
  entries: [
    { account: available(owner), amount },
    { account: custody, amount: -amount },
  ],
})

const post = (drafts: readonly TransactionDraft[]): Promise<PostingOutcome[]> =>
  database.postgres.transaction((tx) => postTransactions(tx, drafts))

const statuses = (outcomes: readonly PostingOutcome[]) => outcomes.map(({ status }) => status)

const spendable = async (owner: string) =>
  (await balancesOf(database.postgres, owner)).map(({ available }) => available)

test('books amounts of 2^256 - 1, and their sum', async () => {
  const outcomes = await post([credit(1, 'whale', UNITS_MAX), credit(2, 'whale', UNITS_MAX)])

  expect(statuses(outcomes)).toEqual(['created', 'created'])
  expect(await balancesOf(database.postgres, 'whale')).toEqual([
    { asset: ETH, available: 2n * UNITS_MAX, held: 0n },
  ])
})

test('says what a second transaction of the same reference would change', async () => {
  const first = credit(10, 'ann', 5n)
  await post([first])

  const outcomes = await post([
    first,
    { ...first, code: 'other' },
    { ...first, eventAt: new Date(1) },
    credit(10, 'ann', 6n),
    credit(10, 'ann-2', 5n),
  ])

  expect(statuses(outcomes)).toEqual([
    'exists',
    'exists_with_different_code',
    'exists_with_different_event_at',
    'exists_with_different_entries',
    'exists_with_different_entries',
  ])
  expect(await spendable('ann')).toEqual([5n])
})

test('refuses what an owner does not have, and for ever', async () => {
  await post([credit(20, 'ben', 5n)])

  const [refused] = await post([spend('ben-1', 'ben', 6n)])
  const again = await post([spend('ben-1', 'ben', 5n), spend('ben-1', 'ben', 5n)])
  const other = await post([spend('ben-2', 'ben', 5n)])

  expect(refused).toEqual({
    status: 'refused',
    refusal: { reason: 'insufficient_funds', account: available('ben'), available: 5n },
  })
  expect(again).toEqual([refused, refused])
  expect(statuses(other)).toEqual(['created'])
  expect(await spendable('ben')).toEqual([0n])
})

test('finds its accounts after the transaction that opened them was rolled back', async () => {
  const rolledBack = database.postgres.transaction(async (tx) => {
    await postTransactions(tx, [credit(30, 'cat', 5n)])
    return tx.rollback()
  })
  await expect(rolledBack).rejects.toThrow()
  expect(await spendable('cat')).toEqual([])

  expect(statuses(await post([credit(30, 'cat', 7n)]))).toEqual(['created'])

  expect(await spendable('cat')).toEqual([7n])
})

test('books each of the overlapping batches of many posters once, without a deadlock', async () => {
  const drafts = Array.from({ length: 60 }, (_, place) =>
    credit(1_000 + place, `dan-${place % 7}`, 1n),
  )
  const batches = Array.from({ length: 8 }, (_, poster) => {
    const turned = [...drafts.slice(poster * 5), ...drafts.slice(0, poster * 5)]
    return poster % 2 === 0 ? turned : turned.reverse()
  })

  const outcomes = await Promise.all(batches.map(post))

  const created = outcomes.flatMap(statuses).filter((status) => status === 'created')
  expect(created).toHaveLength(drafts.length)
  expect(await spendable('dan-0')).toEqual([9n])
})

test('spends a balance once, however many try at the same time', async () => {
  await post([credit(40, 'eve', 10n)])

  const outcomes = await Promise.all(
    Array.from({ length: 12 }, (_, place) => post([spend(`eve-${place}`, 'eve', 3n)])),
  )

  expect(outcomes.flatMap(statuses).toSorted()).toEqual([
    ...Array<string>(3).fill('created'),
    ...Array<string>(9).fill('refused'),
  ])
  expect(await spendable('eve')).toEqual([1n])
})

test('asks for a repeat when another books the same reference elsewhere meanwhile', async () => {
  const elsewhere = (owner: string): TransactionDraft => ({
    ...spend('fay', owner, -5n),
    entries: [
      { account: { owner, code: 'owner.receivable', asset: ETH }, amount: 5n },
      { account: available(owner), amount: -5n },
    ],
  })
  const firstHasPosted = Promise.withResolvers<void>()
  const firstMayCommit = Promise.withResolvers<void>()
  const first = database.postgres.transaction(async (tx) => {
    await postTransactions(tx, [elsewhere('fay-1')])
    firstHasPosted.resolve()
    await firstMayCommit.promise
  })
  await firstHasPosted.promise

  const second = post([elsewhere('fay-2')])
  const refused = expect(second).rejects.toMatchObject({
    code: 'LEDGER_REFERENCE_RACE',
    retry: 'retry',
  })
  await aPosterWaits()
  firstMayCommit.resolve()

  await first
  await refused
  expect(statuses(await post([elsewhere('fay-2')]))).toEqual(['exists_with_different_entries'])
})

test('takes as many statements for a large batch as for a small one', async () => {
  const count = async (drafts: TransactionDraft[]) => {
    let statements = 0
    await database.postgres.transaction(async (tx) => {
      const execute = tx.execute.bind(tx)
      tx.execute = ((query) => {
        statements += 1
        return execute(query)
      }) as typeof tx.execute
      await postTransactions(tx, drafts)
    })
    return statements
  }
  const batch = (first: number, size: number) =>
    Array.from({ length: size }, (_, place) => credit(first + place, `gus-${place}`, 1n))
  await post(batch(5_000, 300))

  expect(await count(batch(6_000, 300))).toBe(await count(batch(7_000, 1)))
})

test.each([
  'update ledger.transactions set code = code',
  'delete from ledger.transactions',
  'truncate ledger.transactions cascade',
  'update ledger.entries set amount = amount',
  'delete from ledger.entries',
  'truncate ledger.entries',
  'delete from ledger.accounts',
  'truncate ledger.accounts cascade',
])('the database refuses: %s', async (statement) => {
  const change = database.postgres.execute(sql.raw(statement))

  await expect(change).rejects.toMatchObject({
    cause: { message: expect.stringContaining('is append-only') },
  })
})

test('the database refuses entries that do not sum to zero for each asset', async () => {
  const [outcome] = await post([credit(50, 'hal', 5n)])
  const id = outcome?.status === 'created' ? outcome.transaction.id : ''

  const unbalanced = database.postgres.execute(sql`
    insert into ledger.entries
    select id, version + 1, ${id}::bigint, 1, debits_posted - credits_posted + 1
    from ledger.accounts where owner in ('hal', 'gus-1')
  `)

  await expect(unbalanced).rejects.toMatchObject({
    cause: { message: expect.stringContaining(`entries of transaction ${id} in ${ETH} sum to 2`) },
  })
})

test.each([
  ['of a transaction that is not booked', '0', 'which is not booked'],
  [
    'of a transaction that was refused',
    "(select id from ledger.transactions where reference = 'jo')",
    'which is not booked',
  ],
])('the database refuses entries %s', async (_, transactionId, message) => {
  await post([spend('jo', 'jo', 1n), credit(70, 'kim', 1n)])

  const orphans = database.postgres.execute(sql`
    insert into ledger.entries
    select id, version + 1, ${sql.raw(transactionId)}, change.amount, 0
    from ledger.accounts, (values ('jo', 1), ('kim', -1)) as change (name, amount)
    where owner = change.name
  `)

  await expect(orphans).rejects.toMatchObject({
    cause: { message: expect.stringContaining(message) },
  })
})

test('the database refuses entries of an account that is not open', async () => {
  const [outcome] = await post([credit(71, 'lea', 5n)])
  const id = outcome?.status === 'created' ? outcome.transaction.id : ''

  const orphans = database.postgres.execute(
    sql`
      insert into ledger.entries
      values (-1, 1, ${id}::bigint, 1, 1), (-2, 1, ${id}::bigint, -1, -1)`,
  )

  await expect(orphans).rejects.toMatchObject({
    cause: { message: expect.stringContaining('has no account') },
  })
})

test('books text as it is, whatever it holds', async () => {
  const odd = 'a\tb\nc\\N'
  const draft = { ...credit(72, 'mia', 5n), reference: `odd ${odd}`, traceparent: odd }

  expect(statuses(await post([draft]))).toEqual(['created'])
  expect(statuses(await post([draft]))).toEqual(['exists'])
})

test('the database refuses an available balance below zero', async () => {
  await post([credit(60, 'ida', 5n)])

  const overdraw = database.postgres.execute(
    sql`update ledger.accounts set debits_posted = 6 where owner = 'ida'`,
  )

  await expect(overdraw).rejects.toMatchObject({
    cause: { message: expect.stringContaining('accounts_available_not_negative') },
  })
})

test('leaves a ledger in which everything agrees', async () => {
  expect(await checkLedger(database.postgres)).toEqual([])
})

/** Resolves when some transaction of this database waits for another one to end. */
async function aPosterWaits(): Promise<void> {
  const waits = async () => {
    const waiting = await database.postgres.execute(sql`
      select from pg_locks join pg_stat_activity activity using (pid)
      where not granted and locktype = 'transactionid' and datname = current_database()`)
    return waiting.length > 0
  }
  await waitFor(waits, { what: 'a poster to wait for another' })
}
