import { randomUUID } from 'node:crypto'
import { createMetrics, type Metrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { attempts, transactions } from '../schema.ts'
import { type WithdrawalsDatabase, withdrawalsDatabase } from '../testing/withdrawals-database.ts'
import { measureNonces } from './nonce-metrics.ts'

const CHAIN = 'eip155:1' as never
const HOT = `0x${'aa'.repeat(20)}` as never
const MINUTE_MS = 60_000

let database: WithdrawalsDatabase
let metrics: Metrics

beforeAll(async () => {
  database = await withdrawalsDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  await database.postgres.execute(sql`truncate withdrawals.transactions cascade`)
  metrics = createMetrics('test')
  measureNonces(metrics, database.postgres)
})

test('tells of the nonce that no node has while later ones wait behind it, and since when', async () => {
  await store(4, 'ended')
  await store(5, 'taken', { ageMs: 3 * MINUTE_MS })
  await store(6, 'signed')
  await store(7, 'taken')
  await store(8, 'signed')

  expect(await gaps()).toBe(1)
  expect(await figure('coffer_nonce_oldest_seconds')).toBeGreaterThanOrEqual(180)
})

test('takes a nonce that was given out and is gone for a gap, and none for one that was taken', async () => {
  await store(4, 'ended')
  await store(6, 'taken')

  expect(await gaps()).toBe(1)
  await store(5, 'taken')
  expect(await gaps()).toBe(0)
})

test('takes nobody for held up by a nonce of another sender, or by one that is the last', async () => {
  await store(5, 'signed')
  await store(9, 'taken', { sender: `0x${'bb'.repeat(20)}` as never })

  expect(await gaps()).toBe(0)
})

test('tells of a chain again once nothing of it is open, and of none without a database', async () => {
  await store(5, 'taken', { ageMs: MINUTE_MS })
  expect(await figure('coffer_nonce_oldest_seconds')).toBeGreaterThanOrEqual(60)

  await database.postgres.update(transactions).set({ status: 'succeeded', endedAt: new Date() })
  expect([await gaps(), await figure('coffer_nonce_oldest_seconds')]).toEqual([0, 0])

  const alone = createMetrics('test')
  measureNonces(alone, { execute: () => Promise.reject(new Error('away')) } as never)
  expect(await alone.metrics()).not.toMatch(/^coffer_nonce/m)
})

const gaps = () => figure('coffer_nonce_gaps')

async function figure(name: string): Promise<number> {
  const line = new RegExp(`^${name}\\{chain="eip155:1",process="test"\\} (\\S+)`, 'm')
  return Number(line.exec(await metrics.metrics())?.[1])
}

async function store(
  nonce: number,
  state: 'ended' | 'taken' | 'signed',
  { sender = HOT, ageMs = 0 } = {},
): Promise<void> {
  const { postgres } = database
  const id = randomUUID()
  const at = new Date(Date.now() - ageMs)
  const fees = { maxFeePerGas: 1n as never, maxPriorityFeePerGas: 1n as never }
  await postgres.insert(transactions).values({
    ...{ id, chain: CHAIN, sender, nonce, purpose: 'payout', toAddress: HOT, callData: '0x' },
    ...{ value: 0n as never, gas: 21_000n, ...fees, payments: [], createdAt: at, dueAt: at },
    ...(state === 'ended' && { status: 'succeeded' as const, endedAt: at }),
  })
  const hash = `0x${id.replaceAll('-', '').padStart(64, '0')}` as never
  await postgres.insert(attempts).values({
    ...{ transactionId: id, number: 1, kind: 'pay', ...fees, raw: '0x', hash, signedAt: at },
    takenAt: state === 'signed' ? null : at,
  })
}
