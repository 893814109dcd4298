import { WALLET_EVENTS } from '@coffer/events/topics'
import { kafkaClient } from '@coffer/messaging/kafka-client'
import { silentLogger } from '@coffer/telemetry/logger'
import { expect, test } from 'vitest'
import { stackUrls } from './stack-urls.ts'
import { testTopics } from './test-topics.ts'
import { waitFor } from './wait-for.ts'

test('creates topics under a prefix of their own and deletes them at the end', async () => {
  const topics = await testTopics()
  const ours = topics.topicPrefix + WALLET_EVENTS
  expect(await listTopics()).toContain(ours)

  await topics[Symbol.asyncDispose]()

  await waitFor(async () => !(await listTopics()).includes(ours), { what: `${ours} to be gone` })
  expect(await listTopics()).not.toContain(ours)
})

async function listTopics(): Promise<string[]> {
  const brokers = stackUrls().KAFKA_BROKERS.split(',')
  const { kafka, cut } = kafkaClient({ brokers, clientId: 'test', logger: silentLogger })
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await admin.listTopics()
  } finally {
    cut()
  }
}
