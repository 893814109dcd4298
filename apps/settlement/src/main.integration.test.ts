import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { freePort } from '@coffer/devstack/free-port'
import { readEvent } from '@coffer/events/event'
import { ACCOUNTING_EVENTS, SETTLEMENT_EVENTS, TOPICS } from '@coffer/events/topics'
import { availableIn } from '@coffer/ledger/available-in'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { announcements } from '@coffer/ledger/testing/announcements'
import { kafkaConsumer } from '@coffer/messaging/kafka-consumer'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { messagingMigrations } from '@coffer/messaging/migrations'
import type { Delivery } from '@coffer/messaging/ports'
import { currencyAssetId } from '@coffer/money/asset'
import { settlementsMigrations } from '@coffer/settlements/migrations'
import { silentLogger } from '@coffer/telemetry/logger'
import { exitOf } from '@coffer/testkit/exit-of'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { startMain } from '@coffer/testkit/start-main'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { type TestTopics, testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterEach, beforeEach, expect, test } from 'vitest'

const USD = currencyAssetId('USD')
const USED = TOPICS.filter(({ name }) => /^(accounting|settlement)\./.test(name))

let resources: AsyncDisposableStack
let database: TestDatabase
let topics: TestTopics
let healthPort: number

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  const contexts = [messagingMigrations, ledgerMigrations, settlementsMigrations]
  database = resources.use(await testDatabase(contexts))
  topics = resources.use(await testTopics(USED))
  healthPort = await freePort()
})
afterEach(() => resources.disposeAsync())

test('settles what it reads, says so, and stops when told', async () => {
  const settlement = startSettlement()
  const shop = randomUUID()
  await pay(shop, 70n)

  const [created, completed] = await readTopic(SETTLEMENT_EVENTS, 2)

  expect([created, completed].map((each) => each && readEvent(each))).toMatchObject([
    { type: 'settlement.created', data: { merchantId: shop, amount: 70n, cause: 'threshold' } },
    { type: 'settlement.completed', data: { merchantId: shop, reserve: 7n, transactions: 1 } },
  ])
  expect(await spendable(shop)).toBe(63n)
  const ready = await fetch(`http://127.0.0.1:${healthPort}/ready`)
  expect(ready.status).toBe(200)
  settlement.kill('SIGTERM')
  expect(await exitOf(settlement)).toBe(0)
})

test('settles once though it is killed before it commits, and after', async () => {
  const shop = randomUUID()
  await pay(shop, 70n)
  expect(await exitOf(startSettlement({ CRASH_AT: 'settlement.before-commit:1' }))).toBe('SIGKILL')
  expect(await spendable(shop)).toBe(0n)

  expect(await exitOf(startSettlement({ CRASH_AT: 'settlement.after-commit:1' }))).toBe('SIGKILL')
  startSettlement()
  const told = (await readTopic(SETTLEMENT_EVENTS, 2)).map(readEvent)

  expect(told.map(({ type }) => type)).toEqual(['settlement.created', 'settlement.completed'])
  expect(await spendable(shop)).toBe(63n)
  const references = (await announcements(database.postgres)).map(({ headers }) => headers['ce_id'])
  expect(references.filter((id) => id?.startsWith('transaction:settlement:'))).toHaveLength(1)
  expect(await checkLedger(database.postgres)).toEqual([])
})

/** Runs settlement as it runs in production; it is ended with the test. */
function startSettlement(env: NodeJS.ProcessEnv = {}): ChildProcess {
  return startMain(new URL('main.ts', import.meta.url), {
    resources,
    env: {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: topics.brokers.join(','),
      REDIS_URL: stackUrls().REDIS_URL,
      TOPIC_PREFIX: topics.topicPrefix,
      SETTLEMENT_THRESHOLD: '20',
      SETTLEMENT_RESERVE_BASIS_POINTS: '1000',
      SESSION_TIMEOUT_MS: '6000',
      JANITOR_MS: '200',
      LEASE_MS: '300',
      HEALTH_PORT: String(healthPort),
      ...env,
    },
  })
}

/** Books what a payment brings a merchant, and announces it. */
async function pay(merchantId: string, amount: bigint): Promise<void> {
  const reference = `payment:${randomUUID()}:succeeded`
  await database.postgres.transaction((tx) =>
    postTransactions(tx, [
      {
        reference,
        code: 'payment.succeeded',
        owner: merchantId,
        eventAt: new Date(),
        entries: [
          { account: { owner: 'system', code: 'channel.receivable', asset: USD }, amount },
          {
            account: { owner: merchantId, code: 'merchant.pending', asset: USD },
            amount: -amount,
          },
        ],
      },
    ]),
  )
  const booked = await announcements(database.postgres)
  await using producer = await kafkaProducer(kafka())
  const isIt = ({ headers }: { headers: Readonly<Record<string, string>> }) =>
    headers['ce_id'] === `transaction:${reference}`
  await producer.publish(booked.filter((each) => each.topic === ACCOUNTING_EVENTS && isIt(each)))
}

async function spendable(owner: string): Promise<bigint> {
  const account = { owner, code: 'owner.available', asset: USD } as const
  return (await availableIn(database.postgres, [account]))[0] ?? 0n
}

/** Reads a topic from its beginning until `count` different events are there. */
async function readTopic(topic: string, count: number): Promise<Delivery[]> {
  const reading = new AbortController()
  const deliveries = new Map<string, Delivery>()
  const consumer = kafkaConsumer({ ...kafka(), group: 'test', topics: [topic], batchSizeMax: 100 })
  const running = consumer.run(async (batch) => {
    for (const each of batch) deliveries.set(each.headers['ce_id'] ?? '', each)
  }, reading.signal)
  await waitFor(() => deliveries.size >= count, { what: `${count} events of ${topic}` })
  reading.abort()
  await running
  return [...deliveries.values()]
}

const kafka = () => ({
  brokers: topics.brokers,
  topicPrefix: topics.topicPrefix,
  clientId: 'test',
  logger: silentLogger,
})
