import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { analyticsMigrations } from '@coffer/analytics/migrations'
import { postgresStatisticsReader } from '@coffer/analytics/postgres-statistics-reader'
import { sampleHistory } from '@coffer/analytics/testing/sample-history'
import { freePort } from '@coffer/devstack/free-port'
import { TOPICS } from '@coffer/events/topics'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { silentLogger } from '@coffer/telemetry/logger'
import { exitOf } from '@coffer/testkit/exit-of'
import { startMain } from '@coffer/testkit/start-main'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { type TestTopics, testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterEach, beforeEach, expect, test } from 'vitest'

let resources: AsyncDisposableStack
let database: TestDatabase
let topics: TestTopics
let healthPort: number

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  database = resources.use(await testDatabase([messagingMigrations, analyticsMigrations]))
  topics = resources.use(await testTopics(TOPICS))
  healthPort = await freePort()
})
afterEach(() => resources.disposeAsync())

const COUNTED = {
  ...{ 'deposit.confirmed': 4, 'deposit.credited': 4, 'order.created': 4, 'order.paid': 4 },
  ...{ 'payment.created': 4, 'payment.succeeded': 4, 'refund.succeeded': 1 },
  ...{ 'settlement.completed': 4, 'notification.sent': 4 },
  ...{ 'withdrawal.requested': 4, 'withdrawal.completed': 3, 'withdrawal.failed': 1 },
}

test('counts each event once, killed before it commits and after, and stops when told', async () => {
  await publish(3)
  expect(await exitOf(startAnalytics({ CRASH_AT: 'analytics.before-commit:1' }))).toBe('SIGKILL')
  expect(await exitOf(startAnalytics({ CRASH_AT: 'analytics.after-commit:1' }))).toBe('SIGKILL')

  const analytics = startAnalytics()
  await publish(4)

  await waitFor(async () => isDeepEqual(await counted(), COUNTED), { what: 'all events' })
  const ready = () => fetch(`http://127.0.0.1:${healthPort}/ready`).catch(() => undefined)
  await waitFor(async () => (await ready())?.status === 200, { what: 'readiness' })
  analytics.kill('SIGTERM')
  expect(await exitOf(analytics)).toBe(0)
})

const isDeepEqual = (a: object, b: object): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())

/** How often each measure was counted. */
async function counted(): Promise<Record<string, number>> {
  const reader = postgresStatisticsReader(database.postgres)
  const all = { from: new Date('2026-11-01'), to: new Date('2026-12-01') }
  const counts: Record<string, number> = {}
  for (const { measure, count } of await reader.totals(all, 'day')) {
    counts[measure] = (counts[measure] ?? 0) + count
  }
  return counts
}

async function publish(size: number): Promise<void> {
  await using producer = await kafkaProducer({
    brokers: topics.brokers,
    topicPrefix: topics.topicPrefix,
    clientId: 'test',
    logger: silentLogger,
  })
  await producer.publish(sampleHistory(size))
}

/** Runs analytics as it runs in production; it is ended with the test. */
function startAnalytics(env: NodeJS.ProcessEnv = {}): ChildProcess {
  return startMain(new URL('main.ts', import.meta.url), {
    resources,
    env: {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: topics.brokers.join(','),
      TOPIC_PREFIX: topics.topicPrefix,
      // Nobody is to wait until the group gives up one that was killed.
      CONSUMER_GROUP: randomUUID(),
      HEALTH_PORT: String(healthPort),
      ...env,
    },
  })
}
