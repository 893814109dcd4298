import type { ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { freePort } from '@coffer/devstack/free-port'
import type { Message } from '@coffer/events/event'
import { NOTIFICATION_EVENTS, TOPICS } from '@coffer/events/topics'
import { kafkaConsumer } from '@coffer/messaging/kafka-consumer'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { notificationsMigrations } from '@coffer/notifications/migrations'
import { merchantCreated, paymentSucceeded } from '@coffer/notifications/testing/heard'
import { heldEndpoint } from '@coffer/notifications/testing/held-endpoint'
import { type MailCatcher, mailCatcher } from '@coffer/notifications/testing/mail-catcher'
import {
  type WebhookReceiver,
  webhookReceiver,
} from '@coffer/notifications/testing/webhook-receiver'
import { silentLogger } from '@coffer/telemetry/logger'
import { exitOf } from '@coffer/testkit/exit-of'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { startMain } from '@coffer/testkit/start-main'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { type TestTopics, testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, test } from 'vitest'

const KEY = randomBytes(32)

let resources: AsyncDisposableStack
let database: TestDatabase
let topics: TestTopics
let catcher: MailCatcher
let receiver: WebhookReceiver
let healthPort: number

beforeAll(async () => {
  resources = new AsyncDisposableStack()
  const made = await Promise.all([
    testDatabase([messagingMigrations, notificationsMigrations]),
    testTopics(TOPICS.filter(({ name }) => !name.includes('dlq'))),
    mailCatcher(),
    webhookReceiver(),
    freePort(),
  ])
  database = resources.use(made[0])
  topics = resources.use(made[1])
  catcher = resources.use(made[2])
  receiver = resources.use(made[3])
  healthPort = made[4]
})
afterAll(() => resources.disposeAsync())

test('tells of what it reads by e-mail and webhook, says so, and stops when told', async () => {
  const shop = randomUUID()
  await heldEndpoint({ postgres: database.postgres, key: KEY, owner: shop, url: receiver.url })
  await publish([merchantCreated(shop), paymentSucceeded(shop, 'first')])
  const app = startNotifications({ CONSUMER_GROUP: 'first' })

  await waitFor(() => catcher.mails.length === 1 && receiver.received.length === 1, {
    what: 'an e-mail and a webhook',
  })
  const told = await readTopic(NOTIFICATION_EVENTS, 2)

  expect(told.map(({ key, headers }) => [key, headers['ce_type']])).toEqual([
    [shop, 'notification.sent'],
    [shop, 'notification.sent'],
  ])
  expect((await fetch(`http://127.0.0.1:${healthPort}/ready`)).status).toBe(200)
  const metrics = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text()
  expect(metrics).toMatch(/coffer_notifications_total\{[^}]*way="email"[^}]*\} 1/)
  app.kill('SIGTERM')
  expect(await exitOf(app)).toBe(0)
})

test('tells once, by Message-ID and webhook-id, though it is killed wherever it can be', async () => {
  const shop = randomUUID()
  const endpoint = { postgres: database.postgres, key: KEY, owner: shop, url: receiver.url }
  await heldEndpoint(endpoint)
  catcher.mails.length = 0
  receiver.received.length = 0
  await publish([merchantCreated(shop)])

  // Every group reads all from its beginning, so that each event comes many times, too.
  await publish([paymentSucceeded(shop, 'event 0')])
  const consuming = [
    startNotifications({ CRASH_AT: 'notifications.before-commit:1', ...alone() }),
    startNotifications({ CRASH_AT: 'notifications.after-commit:1', ...alone() }),
  ]
  expect(await Promise.all(consuming.map(exitOf))).toEqual(['SIGKILL', 'SIGKILL'])
  // The first of the two sends no webhooks, so that something is left for the second.
  for (const env of [
    { CRASH_AT: 'notifications.after-send:1', name: '1', WEBHOOK_SECRETS_KEY: '' },
    { CRASH_AT: 'notifications.after-call:1', name: '2' },
  ]) {
    await publish([paymentSucceeded(shop, `event ${env.name}`)])
    const app = startNotifications({ ...env, ...alone() })
    expect(await exitOf(app)).toBe('SIGKILL')
  }
  startNotifications(alone())
  await waitFor(async () => (await sent()) === 6, { what: 'all to be told' })

  const letters = countOf(catcher.mails.map(({ messageId }) => messageId))
  const calls = countOf(receiver.received.map(({ headers }) => `${headers['webhook-id']}`))
  expect(letters.size).toBe(3)
  expect([...calls.keys()].toSorted()).toEqual(['event 0', 'event 1', 'event 2'])
  // Only those that were killed between the answer and the commit were sent a second time.
  expect(Math.max(...letters.values(), ...calls.values())).toBe(2)
}, 120_000)

/**
 * A group of its own reads everything again; without Redis no queue waits for a worker that died,
 * and the janitor does what is due.
 */
const alone = () => ({ CONSUMER_GROUP: randomUUID(), REDIS_URL: 'redis://127.0.0.1:1' })

const countOf = (ids: readonly string[]): Map<string, number> =>
  new Map([...Map.groupBy(ids, (id) => id)].map(([id, all]) => [id, all.length]))

/** Runs the process as it runs in production; it is ended with the tests. */
function startNotifications(env: NodeJS.ProcessEnv = {}): ChildProcess {
  return startMain(new URL('main.ts', import.meta.url), {
    resources,
    env: {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: topics.brokers.join(','),
      REDIS_URL: stackUrls().REDIS_URL,
      // Nothing is asked of a node here: only its assets are read from the settings.
      RPC_URLS: 'http://127.0.0.1:1',
      CHAIN_ID: '31337',
      TOPIC_PREFIX: topics.topicPrefix,
      SMTP_URL: catcher.url,
      SMTP_REQUIRE_TLS: 'false',
      WEBHOOK_SECRETS_KEY: KEY.toString('base64'),
      WEBHOOK_ALLOW_HTTP: 'true',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      JANITOR_MS: '100',
      DELIVERY_LEASE_MS: '2000',
      LEASE_MS: '300',
      SESSION_TIMEOUT_MS: '6000',
      HEALTH_PORT: env['CRASH_AT'] ? '0' : String(healthPort),
      ...env,
    },
  })
}

/** How many notifications of the second test's events were sent. */
async function sent(): Promise<number> {
  const rows = await database.postgres.execute(
    `select from notifications.notifications where state = 'sent' and event_id like 'event %'`,
  )
  return rows.length
}

async function publish(messages: readonly Message[]): Promise<void> {
  await using producer = await kafkaProducer(kafka())
  await producer.publish(messages)
}

/** Reads a topic from its beginning until `count` messages are there. */
async function readTopic(topic: string, count: number): Promise<Message[]> {
  const reading = new AbortController()
  const read: Message[] = []
  const consumer = kafkaConsumer({ ...kafka(), group: 'test', topics: [topic], batchSizeMax: 100 })
  const running = consumer.run(async (batch) => {
    read.push(...batch)
  }, reading.signal)
  await waitFor(() => read.length >= count, { what: `${count} messages of ${topic}` })
  reading.abort()
  await running
  return read
}

const kafka = () => ({
  brokers: topics.brokers,
  topicPrefix: topics.topicPrefix,
  clientId: 'test',
  logger: silentLogger,
})
