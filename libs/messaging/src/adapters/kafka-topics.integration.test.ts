import { randomUUID } from 'node:crypto'
import { withAdmin } from '@coffer/testkit/kafka-admin'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { expect, test } from 'vitest'
import { topicUnderTest } from '../testing/kafka-under-test.ts'
import type { TopicCopies } from '../topic-settings.ts'
import { ensureTopics, TopicCopiesError } from './kafka-topics.ts'
import { TopicPartitionsError } from './topic-partitions-error.ts'

const brokers = () => stackUrls().KAFKA_BROKERS.split(',')

/** Kafka's code for a setting that was made for a topic. */
const OF_THE_TOPIC = 1

/** Makes a topic of its own as the product does, and answers its name. */
async function made({ partitions = 2, ...copies }: TopicCopies & { partitions?: number } = {}) {
  const topicPrefix = `${randomUUID()}.`
  const topics = [topicUnderTest('kept', partitions)]
  await ensureTopics({ brokers: brokers(), topics, topicPrefix, ...copies })
  return `${topicPrefix}kept`
}

/** The settings of a topic; `own` are those that it does not merely have from its broker. */
async function settingsOf(name: string, { own = false } = {}): Promise<Map<string, string>> {
  return await withAdmin(brokers(), async (admin) => {
    const resources = [{ type: 2, name }]
    const { resources: found } = await admin.describeConfigs({ resources, includeSynonyms: false })
    const entries = found
      .flatMap(({ configEntries }) => configEntries)
      .filter(({ configSource }) => !own || configSource === OF_THE_TOPIC)
    return new Map(entries.map(({ configName, configValue }) => [configName, configValue]))
  })
}

test('never lets a replica that has fallen behind lead, and keeps messages for ever', async () => {
  const settings = await settingsOf(await made(), { own: true })

  expect(settings.get('unclean.leader.election.enable')).toBe('false')
  expect(settings.get('retention.ms')).toBe('-1')
  expect(settings.get('cleanup.policy')).toBe('delete')
})

test('has as many copies as the brokers are configured to, unless told otherwise', async () => {
  const [asConfigured, asTold] = [await made(), await made({ minInsyncReplicas: 2 })]

  expect((await settingsOf(asConfigured)).get('min.insync.replicas')).toBe('1')
  expect((await settingsOf(asTold)).get('min.insync.replicas')).toBe('2')
})

test('refuses to keep a topic on more brokers than are up, and makes none', async () => {
  const making = made({ replicationFactor: 3 })

  await expect(making).rejects.toThrow(TopicCopiesError)
  await expect(making).rejects.toThrow('Expected 3 brokers to keep each topic, but only 1 are up.')
})

test('leaves a topic with another number of partitions as it is, and says so', async () => {
  const name = await made({ partitions: 2 })
  const topicPrefix = name.slice(0, -'kept'.length)
  const topics = [topicUnderTest('kept', 3)]

  const making = ensureTopics({ brokers: brokers(), topics, topicPrefix })

  await expect(making).rejects.toThrow(TopicPartitionsError)
})
