import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { announcements } from '../testing/announcements.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed } from '../testing/sample-events.ts'
import { unitOfWorkContract } from '../testing/unit-of-work-contract.ts'
import { postgresUnitOfWork } from './postgres-unit-of-work.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

unitOfWorkContract(() => ({
  unitOfWork: postgresUnitOfWork({ postgres: database.postgres }),
  announced: async (key) =>
    (await announcements(database.postgres)).filter((message) => message.key === key),
}))

test('repeats the whole work after a transient failure', async () => {
  const { postgres } = database
  const unitOfWork = postgresUnitOfWork({ postgres, backoff: NO_WAIT })
  let calls = 0

  const outcomes = await unitOfWork(async (books) => {
    const outcomes = await books.post([credit(901)])
    calls += 1
    if (calls < 3) throw deadlock()
    return outcomes
  })

  expect([calls, outcomes]).toMatchObject([3, [{ status: 'created' }]])
})

test('repeats the whole work when its connection is lost, and goes on with others', async () => {
  const unitOfWork = postgresUnitOfWork({
    postgres: database.postgres,
    backoff: NO_WAIT,
  })
  let calls = 0

  const outcomes = await unitOfWork(async (books) => {
    calls += 1
    await books.post([credit(902)])
    if (calls < 3) await endOpenTransactions()
    return await books.post([credit(903)])
  })

  expect([calls, outcomes]).toMatchObject([3, [{ status: 'created' }]])
  const others = Array.from({ length: 20 }, (_, place) =>
    unitOfWork((books) => books.post([credit(910 + place)])),
  )
  expect(await Promise.all(others)).toHaveLength(20)
})

test('looks for what it was given before, and for what comes after that', async () => {
  const { postgres } = database
  const unitOfWork = postgresUnitOfWork({ postgres, attempts: 1, backoff: NO_WAIT })
  const calls: string[] = []
  const post = (...numbers: number[]) =>
    unitOfWork(async (books) => {
      calls.push(`${numbers}`)
      return (await books.post(numbers.map(credit))).map(({ status }) => status)
    })
  const [first, second] = [await post(940, 941), await post(942)]

  const again = await post(943, 941, 943)
  const later = await post(942)

  expect([first, second]).toEqual([['created', 'created'], ['created']])
  expect([again, later]).toEqual([['created', 'exists', 'exists'], ['exists']])
  // The third was repeated; the fourth needed no repeat.
  expect(calls).toEqual(['940,941', '942', '943,941,943', '943,941,943', '942'])
})

test('gives up after as many attempts as it was given', async () => {
  const { postgres } = database
  const unitOfWork = postgresUnitOfWork({ postgres, attempts: 2, backoff: NO_WAIT })
  let calls = 0

  const work = unitOfWork(async () => {
    calls += 1
    throw deadlock()
  })

  await expect(work).rejects.toThrow('deadlock detected')
  expect(calls).toBe(2)
})

test('does not repeat what fails for good', async () => {
  const unitOfWork = postgresUnitOfWork({ postgres: database.postgres })
  let calls = 0

  const work = unitOfWork(async () => {
    calls += 1
    throw new TypeError('a bug')
  })

  await expect(work).rejects.toThrow('a bug')
  expect(calls).toBe(1)
})

const credit = (number: number) =>
  depositCredit(confirmed({ number, owner: 'worker', amount: 5n }).data)

const NO_WAIT = { firstMs: 1, maxMs: 1 }

const deadlock = () => Object.assign(new Error('deadlock detected'), { code: '40P01' })

/** Ends the connections that hold a transaction open, as a restart of PostgreSQL would. */
const endOpenTransactions = () =>
  database.postgres.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where state = 'idle in transaction' and datname = current_database()
  `)
