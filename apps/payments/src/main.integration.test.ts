import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { freePort } from '@coffer/devstack/free-port'
import { eventMessage, type Message, readEvent } from '@coffer/events/event'
import { PAYMENT_EVENTS, TOPICS, WALLET_EVENTS } from '@coffer/events/topics'
import { kafkaConsumer } from '@coffer/messaging/kafka-consumer'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { PUBLISHED_TOPICS } from '@coffer/payments/events'
import { payments } from '@coffer/payments/schema'
import {
  type PaymentsDatabase,
  paymentsDatabase,
  TOKEN,
} from '@coffer/payments/testing/payments-database'
import { silentLogger } from '@coffer/telemetry/logger'
import { exitOf } from '@coffer/testkit/exit-of'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { startMain } from '@coffer/testkit/start-main'
import { type TestTopics, testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'

const HOUR_MS = 3_600_000
const LATER = Date.now() + HOUR_MS

const USED: readonly string[] = [WALLET_EVENTS, ...PUBLISHED_TOPICS]

let resources: AsyncDisposableStack
let database: PaymentsDatabase
let topics: TestTopics
let healthPort: number

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  database = resources.use(await paymentsDatabase())
  topics = resources.use(await testTopics(TOPICS.filter(({ name }) => USED.includes(name))))
  healthPort = await freePort()
})
afterEach(() => resources.disposeAsync())

test('applies deposits, ends what nobody paid, tells of both, and stops when told', async () => {
  const [paid, unpaid] = [await expiring(LATER), await expiring(Date.now() - HOUR_MS)]
  const service = startPayments()
  await publish([confirmed(1, paid)])

  const told = await readPaymentEvents(2)

  expect(told.toSorted()).toEqual([`payment.expired of ${unpaid}`, `payment.succeeded of ${paid}`])
  expect(await database.read(unpaid)).toMatchObject({ status: 'expired' })
  expect((await fetch(`http://127.0.0.1:${healthPort}/ready`)).status).toBe(200)

  service.kill('SIGTERM')
  expect(await exitOf(service)).toBe(0)
})

test('applies each deposit once though it is killed before and after it commits', async () => {
  const [first, second] = [await expiring(LATER), await expiring(LATER)]
  await publish([confirmed(1, first)])
  for (const CRASH_AT of ['payments.before-commit:1', 'payments.after-commit:1']) {
    expect(await exitOf(startPayments({ CRASH_AT }))).toBe('SIGKILL')
  }

  startPayments()
  await publish([confirmed(2, second)])

  const statusOf = async (id: string) => (await database.read(id))?.status
  await waitFor(async () => (await statusOf(second)) === 'paid', { what: 'the second payment' })
  expect(await database.read(first)).toMatchObject({ status: 'paid', received: 100n, successes: 1 })
  expect((await readPaymentEvents(2)).toSorted()).toEqual(
    [`payment.succeeded of ${first}`, `payment.succeeded of ${second}`].toSorted(),
  )
})

/** Makes a payment that expires at `ms`; answers its id. */
async function expiring(ms: number): Promise<string> {
  const id = await database.payment()
  const expiresAt = new Date(ms)
  await database.postgres.update(payments).set({ expiresAt }).where(eq(payments.id, id))
  return id
}

/** Runs the payment service as it runs in production; it is ended with the test. */
function startPayments(env: NodeJS.ProcessEnv = {}): ChildProcess {
  return startMain(new URL('main.ts', import.meta.url), {
    resources,
    env: {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: topics.brokers.join(','),
      TOPIC_PREFIX: topics.topicPrefix,
      REDIS_URL: stackUrls().REDIS_URL,
      HEALTH_PORT: String(healthPort),
      // Nobody waits for Kafka to miss a member that was killed: each reads all anew.
      CONSUMER_GROUP: randomUUID(),
      EXPIRY_EVERY_MS: '100',
      ...env,
    },
  })
}

async function publish(messages: readonly Message[]): Promise<void> {
  await using producer = await kafkaProducer(kafka())
  await producer.publish(messages)
}

/** What payment.events says, once there is so much of it. */
async function readPaymentEvents(count: number): Promise<string[]> {
  const reading = new AbortController()
  const told: string[] = []
  const reader = { group: randomUUID(), topics: [PAYMENT_EVENTS], batchSizeMax: 100 }
  await kafkaConsumer({ ...kafka(), ...reader }).run(
    async (batch) => {
      for (const { type, data } of batch.map(readEvent)) {
        told.push(`${type} of ${'paymentId' in data ? data.paymentId : '?'}`)
      }
      if (told.length >= count) reading.abort()
    },
    AbortSignal.any([reading.signal, AbortSignal.timeout(40_000)]),
  )
  return told
}

const kafka = () => ({
  brokers: topics.brokers,
  topicPrefix: topics.topicPrefix,
  clientId: 'test',
  logger: silentLogger,
})

/** A deposit of all that the payment `owner` asks for, in time. */
function confirmed(number: number, owner: string): Message {
  const txHash = `0x${number.toString(16).padStart(64, '0')}` as const
  const depositId = `eip155:31337:${txHash}:log:0`
  const time = new Date(Date.now() - 2 * HOUR_MS).toISOString()
  return eventMessage({
    id: depositId,
    type: 'deposit.confirmed',
    source: 'coffer/scanner/eip155:31337',
    time,
    key: owner,
    data: {
      depositId,
      revision: 1,
      owner,
      chain: 'eip155:31337',
      asset: TOKEN,
      amount: '100',
      txHash,
      position: 'log:0',
      from: `0x${'a'.repeat(40)}`,
      to: `0x${'b'.repeat(40)}`,
      blockNumber: 100 + number,
      blockHash: `0x${'c'.repeat(64)}`,
      blockTime: time,
    },
  })
}
