import type { ChildProcess } from 'node:child_process'
import { freePort } from '@coffer/devstack/free-port'
import type { EventType, EventWire } from '@coffer/events/catalogue'
import { eventMessage, type Message } from '@coffer/events/event'
import { ACCOUNTING_EVENTS, deadLetterTopic, WALLET_EVENTS } from '@coffer/events/topics'
import { balancesOf } from '@coffer/ledger/balances'
import type { AccountCode } from '@coffer/ledger/chart-of-accounts'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { refundReservation } from '@coffer/ledger/refund-transactions'
import { trialBalance } from '@coffer/ledger/trial-balance'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import { kafkaConsumer } from '@coffer/messaging/kafka-consumer'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { messagingMigrations } from '@coffer/messaging/migrations'
import type { Delivery } from '@coffer/messaging/ports'
import { parseAssetId } from '@coffer/money/asset'
import { units } from '@coffer/money/units'
import { silentLogger } from '@coffer/telemetry/logger'
import { exitOf } from '@coffer/testkit/exit-of'
import { startMain } from '@coffer/testkit/start-main'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { type TestTopics, testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ETH = 'eip155:31337/slip44:60'

let resources: AsyncDisposableStack
let database: TestDatabase
let topics: TestTopics
let healthUrl: string
let healthPort: number

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  database = resources.use(await testDatabase([messagingMigrations, ledgerMigrations]))
  topics = resources.use(await testTopics())
  healthPort = await freePort()
  healthUrl = `http://127.0.0.1:${healthPort}`
})
afterEach(() => resources.disposeAsync())

test('books what it reads, sets aside what it cannot book, and stops when told', async () => {
  const accounts = startAccounts()
  const poison = { ...confirmed(2, 'alice', 7n), value: '{"amount":"lots"}' }
  await publish([confirmed(1, 'alice', 5n), poison, confirmed(3, 'alice', 11n)])

  const [first, second] = await readTopic(ACCOUNTING_EVENTS, 2)
  const [dead] = await readTopic(deadLetterTopic(WALLET_EVENTS), 1)

  expect([first, second].map((each) => each?.headers.ce_id)).toEqual([
    `transaction:${depositId(1)}`,
    `transaction:${depositId(3)}`,
  ])
  expect(dead).toMatchObject({ value: poison.value, headers: { coffer_dlq_code: 'EVENT_FORMAT' } })
  expect(await spendable('alice')).toBe(16n)
  await untilCounted('coffer_ledger_booked_total{process="accounts"} 2')
  await untilCounted('coffer_dead_letters_total{topic="wallet.events",process="accounts"} 1')
  expect((await fetch(`${healthUrl}/ready`)).status).toBe(200)

  accounts.kill('SIGTERM')
  expect(await exitOf(accounts)).toBe(0)
})

test('books each event once when it is killed before Kafka knows what it has booked', async () => {
  await publish([
    confirmed(1, 'alice', 5n),
    confirmed(2, 'bob', 7n),
    paymentEvent('payment.succeeded', PAID),
  ])
  expect(await exitOf(startAccounts({ CRASH_AT: 'accounts.after-commit:1' }))).toBe('SIGKILL')

  startAccounts()
  await publish([confirmed(3, 'alice', 11n)])

  await waitFor(async () => (await spendable('alice')) === 16n, { what: "alice's third deposit" })
  expect(await spendable('bob')).toBe(7n)
  await untilMerchantHas(97n)
  expect(await checkLedger(database.postgres)).toEqual([])
})

test("books a payment's life, though it is told of the payment before its deposit", async () => {
  startAccounts()
  await publish([paymentEvent('payment.succeeded', PAID)])
  await untilMerchantHas(97n)
  const failed = { reason: 'reorg', success: 1, fee: '3', failedAt: TIME }
  await publish([confirmed(1, PAYMENT, 100n), paymentEvent('payment.failed', failed)])
  await untilMerchantHas(0n)
  await publish([paymentEvent('payment.succeeded', { ...PAID, success: 2 })])
  await untilMerchantHas(97n)
  const refund = { refundId: PAYMENT, amount: '40', excess: '0' }
  await postgresUnitOfWork({ postgres: database.postgres })(({ post }) =>
    post([
      refundReservation(
        {
          ...PAYMENT_IDS,
          ...{ refundId: PAYMENT, channel: 'onchain', asset: parseAssetId(ETH) },
          ...{ amount: units(40n), excess: units(0n) },
        },
        new Date(TIME),
      ),
    ]),
  )
  await publish([paymentEvent('refund.succeeded', { ...refund, succeededAt: TIME })])
  await untilBooked('custody', 60n)

  expect(await trialBalance(database.postgres)).toMatchObject([
    {
      total: 0n,
      byCode: { fees: -3n, 'merchant.pending': -57n, 'payment.refundable': -60n },
    },
  ])
  expect((await balancesOf(database.postgres, PAYMENT))[0]?.available).toBe(0n)
  expect(await checkLedger(database.postgres)).toEqual([])
})

/** Runs the account service as it runs in production; it is ended with the test. */
function startAccounts(env: NodeJS.ProcessEnv = {}): ChildProcess {
  return startMain(new URL('main.ts', import.meta.url), {
    resources,
    env: {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: topics.brokers.join(','),
      TOPIC_PREFIX: topics.topicPrefix,
      HEALTH_PORT: String(healthPort),
      ...env,
    },
  })
}

/** What is published may be read before the process has counted it. */
async function untilCounted(line: string): Promise<void> {
  const isCounted = async () => (await (await fetch(`${healthUrl}/metrics`)).text()).includes(line)
  await waitFor(isCounted, { what: line })
}

async function spendable(owner: string): Promise<bigint | undefined> {
  return (await balancesOf(database.postgres, owner))[0]?.available
}

const untilMerchantHas = (amount: bigint) => untilBooked('merchant.pending', -amount)

async function untilBooked(code: AccountCode, balance: bigint): Promise<void> {
  const isBooked = async () => {
    const [books] = await trialBalance(database.postgres)
    return books?.byCode[code] === balance
  }
  await waitFor(isBooked, { what: `${code} of ${balance}` })
}

async function publish(messages: readonly Message[]): Promise<void> {
  await using producer = await kafkaProducer(kafka())
  await producer.publish(messages)
}

/** Reads a topic from its beginning until there are `count` messages; throws what there is else. */
async function readTopic(topic: string, count: number): Promise<Delivery[]> {
  const reading = new AbortController()
  const deliveries: Delivery[] = []
  const group = `reads ${topic}`
  const consumer = kafkaConsumer({ ...kafka(), group, topics: [topic], batchSizeMax: 100 })
  await consumer.run(
    async (batch) => {
      deliveries.push(...batch)
      if (deliveries.length >= count) reading.abort()
    },
    AbortSignal.any([reading.signal, AbortSignal.timeout(40_000)]),
  )
  if (deliveries.length < count) {
    const ids = deliveries.map(({ headers }) => headers['ce_id'])
    throw new Error(`Expected ${count} messages of ${topic}, got ${ids.join(', ') || 'none'}.`)
  }
  return deliveries
}

const kafka = () => ({
  brokers: topics.brokers,
  topicPrefix: topics.topicPrefix,
  clientId: 'test',
  logger: silentLogger,
})

const txHash = (number: number) => `0x${number.toString(16).padStart(64, '0')}` as const
const depositId = (number: number) => `eip155:31337:${txHash(number)}:value`

const confirmed = (number: number, owner: string, amount: bigint): Message =>
  eventMessage({
    id: depositId(number),
    type: 'deposit.confirmed',
    source: 'coffer/scanner/eip155:31337',
    time: '2026-11-21T11:00:00Z',
    key: owner,
    data: {
      depositId: depositId(number),
      revision: 1,
      owner,
      chain: 'eip155:31337',
      asset: ETH,
      amount: amount.toString(),
      txHash: txHash(number),
      position: 'value',
      from: `0x${'a'.repeat(40)}`,
      to: `0x${'b'.repeat(40)}`,
      blockNumber: 100 + number,
      blockHash: `0x${'c'.repeat(64)}`,
      blockTime: '2026-11-21T10:59:48Z',
    },
  })

const TIME = '2026-11-21T11:00:00Z'
const PAYMENT = 'aaaaaaaa-0000-4000-8000-000000000001'
const PAYMENT_IDS = {
  paymentId: PAYMENT,
  orderId: 'cccccccc-0000-4000-8000-000000000001',
  merchantId: 'dddddddd-0000-4000-8000-000000000001',
}
const PAID = { success: 1, outcome: 'paid', received: '100', fee: '3', paidAt: TIME } as const

const paymentEvent = <T extends EventType>(type: T, facts: object): Message => {
  const terms = { channel: 'onchain', asset: ETH, amount: '100', version: 1, createdAt: TIME }
  const data = { ...PAYMENT_IDS, ...terms, ...facts } as unknown as EventWire<T>
  const key = PAYMENT_IDS.merchantId
  return eventMessage({ id: `${type}:${key}`, type, source: 'test', time: TIME, key, data })
}
