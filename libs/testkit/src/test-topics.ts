import { randomUUID } from 'node:crypto'
import { TOPICS, type Topic } from '@coffer/events/topics'
import { kafkaClient } from '@coffer/messaging/kafka-client'
import { ensureTopics } from '@coffer/messaging/kafka-topics'
import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from './stack-urls.ts'

/** Topics of one test's own on the shared broker. Disposing deletes them. */
export type TestTopics = AsyncDisposable & {
  brokers: readonly string[]
  /** Stands before the name of every topic: hand it on as `topicPrefix`. */
  topicPrefix: string
}

/** Creates `topics`, by default all of Coffer's, under a prefix that no other test has. */
export async function testTopics(topics: readonly Topic[] = TOPICS): Promise<TestTopics> {
  const brokers = stackUrls().KAFKA_BROKERS.split(',')
  const topicPrefix = `test-${randomUUID()}.`
  await ensureTopics({ brokers, topics, topicPrefix, replicationFactor: 1 })
  return {
    brokers,
    topicPrefix,
    async [Symbol.asyncDispose]() {
      const names = topics.map(({ name }) => topicPrefix + name)
      const { kafka, cut } = kafkaClient({ brokers, clientId: 'testkit', logger: silentLogger })
      const admin = kafka.admin()
      try {
        await admin.connect()
        await admin.deleteTopics({ topics: names })
      } finally {
        cut()
      }
    },
  }
}
