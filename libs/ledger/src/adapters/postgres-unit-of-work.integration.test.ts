import type { Message } from '@coffer/events/event'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { unitOfWorkContract } from '../testing/unit-of-work-contract.ts'
import { postgresUnitOfWork } from './postgres-unit-of-work.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

unitOfWorkContract(() => ({
  unitOfWork: postgresUnitOfWork({ postgres: database.postgres, consumer: 'contract' }),
  announced: async (key) => [
    ...(await database.postgres.execute<Message>(
      sql`select topic, key, headers, value from messaging.outbox where key = ${key} order by id`,
    )),
  ],
}))

test('repeats the whole work after a transient failure', async () => {
  const { postgres } = database
  const unitOfWork = postgresUnitOfWork({ postgres, consumer: 'transient', backoff: NO_WAIT })
  let calls = 0

  const claimed = await unitOfWork(async (books) => {
    const fresh = await books.claimNew(['t1'])
    calls += 1
    if (calls < 3) throw deadlock()
    return fresh
  })

  expect([calls, claimed]).toEqual([3, new Set(['t1'])])
})

test('repeats the whole work when its connection is lost, and goes on with others', async () => {
  const unitOfWork = postgresUnitOfWork({
    postgres: database.postgres,
    consumer: 'lost',
    backoff: NO_WAIT,
  })
  let calls = 0

  const claimed = await unitOfWork(async (books) => {
    calls += 1
    await books.claimNew(['l1'])
    if (calls < 3) await endOpenTransactions()
    return await books.claimNew(['l2'])
  })

  expect([calls, claimed]).toEqual([3, new Set(['l2'])])
  const others = Array.from({ length: 20 }, (_, place) =>
    unitOfWork((books) => books.claimNew([`l3-${place}`])),
  )
  expect(await Promise.all(others)).toHaveLength(20)
})

test('gives up after as many attempts as it was given', async () => {
  const { postgres } = database
  const unitOfWork = postgresUnitOfWork({ postgres, consumer: 'c', attempts: 2, backoff: NO_WAIT })
  let calls = 0

  const work = unitOfWork(async () => {
    calls += 1
    throw deadlock()
  })

  await expect(work).rejects.toThrow('deadlock detected')
  expect(calls).toBe(2)
})

test('does not repeat what fails for good', async () => {
  const unitOfWork = postgresUnitOfWork({ postgres: database.postgres, consumer: 'c' })
  let calls = 0

  const work = unitOfWork(async () => {
    calls += 1
    throw new TypeError('a bug')
  })

  await expect(work).rejects.toThrow('a bug')
  expect(calls).toBe(1)
})

const NO_WAIT = { firstMs: 1, maxMs: 1 }

const deadlock = () => Object.assign(new Error('deadlock detected'), { code: '40P01' })

/** Ends the connections that hold a transaction open, as a restart of PostgreSQL would. */
const endOpenTransactions = () =>
  database.postgres.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where state = 'idle in transaction' and datname = current_database()
  `)
