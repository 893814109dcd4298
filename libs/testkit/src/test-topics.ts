import { randomUUID } from 'node:crypto'
import { ACCOUNTS_TOPICS, type Topic } from '@coffer/events/topics'
import { ensureTopics } from '@coffer/messaging/kafka-topics'
import { awaitLeaders } from './await-leaders.ts'
import { withAdmin } from './kafka-admin.ts'
import { stackUrls } from './stack-urls.ts'

/** Topics of one test's own on the shared broker. Disposing deletes them. */
export type TestTopics = AsyncDisposable & {
  brokers: readonly string[]
  /** Stands before the name of every topic: hand it on as `topicPrefix`. */
  topicPrefix: string
}

/**
 * Creates `topics`, by default those of the account service, under a prefix that no other test has.
 */
export async function testTopics(topics: readonly Topic[] = ACCOUNTS_TOPICS): Promise<TestTopics> {
  const brokers = stackUrls().KAFKA_BROKERS.split(',')
  const topicPrefix = `test-${randomUUID()}.`
  const names = topics.map(({ name }) => topicPrefix + name)
  await ensureTopics({ brokers, topics, topicPrefix, replicationFactor: 1 })
  await awaitLeaders(brokers, names)
  return {
    brokers,
    topicPrefix,
    [Symbol.asyncDispose]: () =>
      withAdmin(brokers, (admin) => admin.deleteTopics({ topics: names })),
  }
}
