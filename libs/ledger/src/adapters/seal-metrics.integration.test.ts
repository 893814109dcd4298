import { createMetrics } from '@coffer/telemetry/metrics'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed } from '../testing/sample-events.ts'
import { postTransactions } from './post-transactions.ts'
import { sealNext } from './postgres-seals.ts'
import { measureSeals, sealLag } from './seal-metrics.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await ledgerDatabase()
})
afterEach(() => database[Symbol.asyncDispose]())

const book = (...numbers: number[]) =>
  database.postgres.transaction((tx) =>
    postTransactions(
      tx,
      numbers.map((number) =>
        depositCredit(confirmed({ number, owner: 'alice', amount: 5n }).data),
      ),
    ),
  )

const lag = () => sealLag(database.postgres)

test('counts what is booked and not sealed, and says how old the first of it is', async () => {
  expect(await lag()).toEqual({ transactions: 0, oldestAgeSeconds: 0 })

  await book(1, 2)
  await book(3)
  const before = await lag()
  // It seals two of three, once nothing of the cluster is older than them.
  const sealed = async () => {
    await sealNext(database.postgres, { countMax: 2 })()
    return (await lag()).transactions
  }

  expect(before.transactions).toBe(3)
  expect(before.oldestAgeSeconds).toBeGreaterThan(0)
  await expect.poll(sealed, { timeout: 60_000, interval: 5 }).toBe(1)
  await expect.poll(sealed, { timeout: 60_000, interval: 5 }).toBe(0)
  expect(await lag()).toEqual({ transactions: 0, oldestAgeSeconds: 0 })
})

test('tells it to Prometheus', async () => {
  const metrics = createMetrics('test')
  measureSeals(metrics, database.postgres)
  await book(1)

  const text = await metrics.metrics()

  expect(text).toContain('coffer_ledger_unsealed_transactions{process="test"} 1')
  expect(text).toMatch(/coffer_ledger_unsealed_oldest_seconds\{process="test"\} 0\.\d+/)
})
