import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { UNITS_MAX } from '@coffer/money/units'
import { quickNode } from '@coffer/testkit/quick-node'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { balancesOf } from '../adapters/balances.ts'
import { checkLedger } from '../adapters/check-ledger.ts'
import { postgresUnitOfWork } from '../adapters/postgres-unit-of-work.ts'
import { trialBalance } from '../adapters/trial-balance.ts'
import { announcements } from '../testing/announcements.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH, reversed, sampleBatch, suspended } from '../testing/sample-events.ts'
import { bookDeposits } from './book-deposits.ts'

let database: TestDatabase
let book: ReturnType<typeof bookDeposits>

beforeEach(async () => {
  database = await ledgerDatabase()
  const unitOfWork = postgresUnitOfWork({ postgres: database.postgres })
  book = bookDeposits({ unitOfWork })
})
afterEach(async () => {
  expect(await checkLedger(database.postgres)).toEqual([])
  await database[Symbol.asyncDispose]()
})

const spendable = async (owner: string) =>
  (await balancesOf(database.postgres, owner)).map(({ available }) => available)

const announcedIds = async () =>
  (await announcements(database.postgres)).map(({ headers }) => headers['ce_id'])

test('books a batch of nothing but duplicates as nothing', async () => {
  await book(sampleBatch)

  expect(await book(sampleBatch)).toEqual({ booked: 0, duplicates: sampleBatch.length })
  expect(await announcedIds()).toEqual(sampleBatch.map(({ id }) => `transaction:${id}`))
})

test('holds what is not credited in suspense, until a reorg takes it back', async () => {
  const deposit = { number: 1, owner: 'ann', amount: 5n }
  await book([suspended(deposit), suspended({ ...deposit, number: 2, amount: 7n })])
  expect(await spendable('ann')).toEqual([])
  expect(await trialBalance(database.postgres)).toEqual([
    { asset: ETH, total: 0n, byCode: { custody: 12n, suspense: -12n } },
  ])
  expect(await checkLedger(database.postgres)).toEqual([])

  await book([reversed({ ...deposit, wasSuspended: true }), confirmed({ ...deposit, revision: 2 })])

  expect(await spendable('ann')).toEqual([5n])
  expect(await trialBalance(database.postgres)).toEqual([
    { asset: ETH, total: 0n, byCode: { custody: 12n, suspense: -7n, 'owner.available': -5n } },
  ])
})

test('takes back more than is left, up to 2^256 - 1, and keeps what the owner owes', async () => {
  const deposit = { number: 1, owner: 'whale', amount: UNITS_MAX }
  await book([confirmed(deposit)])
  await database.postgres.execute(sql`
    with spent as (
      insert into ledger.transactions (reference, code, owner, event_at)
      values ('spent', 'test', 'whale', now())
      returning id
    ), entry as (
      insert into ledger.entries
      select account.id, account.version + 1, spent.id, change.amount,
        account.debits_posted - account.credits_posted + change.amount
      from spent, ledger.accounts account
      join (values ('whale', 3), ('system', -3)) as change (owner, amount) using (owner)
      returning account_id, amount
    )
    update ledger.accounts
    set version = version + 1, debits_posted = debits_posted + greatest(amount, 0),
      credits_posted = credits_posted - least(amount, 0)
    from entry where id = account_id
  `)

  await book([reversed(deposit)])

  expect(await spendable('whale')).toEqual([0n])
  expect(await trialBalance(database.postgres)).toEqual([
    {
      asset: ETH,
      total: 0n,
      byCode: { custody: -3n, 'owner.available': 0n, 'owner.receivable': 3n },
    },
  ])
})

test('books what comes for a closed account where nobody can spend it, until a reorg', async () => {
  const deposits = [1, 2].map((number) => ({ number, owner: 'ann', amount: BigInt(number) }))
  const account = { owner: 'ann', code: 'owner.available', asset: ETH } as const
  const close = { reference: 'close', code: 'test.close', owner: 'ann', eventAt: new Date(0) }
  await postgresUnitOfWork({ postgres: database.postgres })(({ post }) =>
    post([{ ...close, entries: [], closes: [account] }]),
  )
  const batch = [...deposits.map(confirmed), confirmed({ number: 3, owner: 'bea', amount: 7n })]

  const posters = await Promise.all([1, 2, 3].map(() => book(batch)))
  const [gone] = deposits
  await book(gone ? [reversed(gone)] : [])

  expect(posters.reduce((sum, { booked }) => sum + booked, 0)).toBe(batch.length)
  expect([await spendable('ann'), await spendable('bea')]).toEqual([[0n], [7n]])
  expect(await trialBalance(database.postgres)).toMatchObject([
    { byCode: { custody: 9n, 'owner.available': -7n, 'owner.suspense': -2n } },
  ])
})

test('books everything once, whoever else books the same at the same time', async () => {
  const deposits = Array.from({ length: 80 }, (_, number) => ({
    number,
    owner: `owner-${number % 6}`,
    amount: BigInt(number + 1),
  }))
  const credits = deposits.map(confirmed)
  const batches = Array.from({ length: 12 }, (_, poster) => {
    const turned = [...credits.slice(poster * 6), ...credits.slice(0, poster * 6)]
    return (poster % 2 === 0 ? turned : turned.reverse()).slice(0, 50)
  })

  const handled = await Promise.all([...batches, credits].map((batch) => book(batch)))
  await Promise.all([0, 1, 2].map(() => book(deposits.slice(0, 20).map(reversed))))

  expect(handled.reduce((sum, { booked }) => sum + booked, 0)).toBe(credits.length)
  expect(new Set(await announcedIds()).size).toBe((await announcedIds()).length)
  const left = deposits.slice(20).filter(({ owner }) => owner === 'owner-3')
  expect(await spendable('owner-3')).toEqual([left.reduce((sum, { amount }) => sum + amount, 0n)])
})

test.each([
  ['accounts.after-consume:1', 0],
  ['accounts.before-commit:1', 0],
  ['accounts.after-commit:1', sampleBatch.length],
])('books once across a crash at %s', async (crashAt, keptAfterCrash) => {
  expect(await bookInProcess(crashAt)).toBe('SIGKILL')
  expect(await announcedIds()).toHaveLength(keptAfterCrash)

  expect(await bookInProcess()).toBe(0)

  expect(await announcedIds()).toEqual(sampleBatch.map(({ id }) => `transaction:${id}`))
  expect(await spendable('owner-3')).toEqual([60n])
})

/** Books the sample batch in a process of its own; answers its exit code, or what killed it. */
async function bookInProcess(...crashAt: string[]): Promise<number | string> {
  const script = fileURLToPath(new URL('../testing/book-once.ts', import.meta.url))
  const args = [...quickNode.args, script, database.url, ...crashAt]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  const [code, signal] = await once(child, 'exit')
  return signal ?? code
}
