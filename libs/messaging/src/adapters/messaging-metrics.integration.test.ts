import { createMetrics } from '@coffer/telemetry/metrics'
import { testDatabase } from '@coffer/testkit/test-database'
import { expect, test } from 'vitest'
import { messagingMigrations } from '../migrations.ts'
import { enqueue } from '../outbox.ts'
import { measureMessaging } from './messaging-metrics.ts'

test('tells at the first look what waits for the broker, and what its group has yet to handle', async () => {
  await using database = await testDatabase([messagingMigrations])
  const { postgres } = database
  const metrics = createMetrics('test')
  const backlog = async ({ topics }: { topics: readonly string[] }) => topics.length * 7
  const reader = { group: 'readers', topics: ['events'] }
  measureMessaging(metrics, { postgres, messaging: { backlog }, reader })
  const message = { topic: 'events', key: 'alice', headers: {}, value: 'it happened' }
  await postgres.transaction((tx) => enqueue(tx, [message, message]))

  const told = await metrics.metrics()

  expect(told).toContain('coffer_outbox_rows{topic="events",process="test"} 2\n')
  expect(told).toMatch(
    /coffer_outbox_oldest_seconds\{topic="events",process="test"\} \d*[.\d]*[1-9]/,
  )
  expect(told).toContain('coffer_consumer_backlog{group="readers",process="test"} 7\n')
})

test('tells nothing that it does not know', async () => {
  await using database = await testDatabase([])
  const metrics = createMetrics('test')
  const backlog = () => Promise.reject(new Error('the broker is away'))
  const reader = { group: 'readers', topics: ['events'] }
  measureMessaging(metrics, { postgres: database.postgres, messaging: { backlog }, reader })

  const told = await metrics.metrics()

  expect(told).not.toMatch(/^coffer_/m)
})
