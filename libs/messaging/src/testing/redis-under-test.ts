import { randomUUID } from 'node:crypto'
import type { Topic } from '@coffer/events/topics'
import { silentLogger } from '@coffer/telemetry/logger'
import { type RedisConsumerOptions, redisConsumer } from '../adapters/redis-consumer.ts'
import { type RedisProducerOptions, redisProducer } from '../adapters/redis-producer.ts'
import { ensureRedisTopics } from '../adapters/redis-topics.ts'
import type { Consumer, ConsumerOptions, Producer } from '../ports.ts'

/** Topics of one test's own on a Redis that others use too. */
export type RedisUnderTest = AsyncDisposable & {
  topicPrefix: string
  producer: Producer
  consumer(options: ConsumerOptions & Partial<RedisConsumerOptions>): Consumer
}

/** Makes `topics` known under a prefix of their own. */
export async function redisUnderTest(
  url: string,
  topics: readonly Topic[],
  producerOptions: Partial<RedisProducerOptions> = {},
): Promise<RedisUnderTest> {
  const topicPrefix = `${randomUUID()}.`
  await ensureRedisTopics({ url, topics, topicPrefix })
  const shared = { url, clientId: 'test', logger: silentLogger, topicPrefix }
  const producer = await redisProducer({ ...shared, ...producerOptions })
  return {
    topicPrefix,
    producer,
    consumer: (options) => redisConsumer({ ...shared, ...options }),
    [Symbol.asyncDispose]: () => producer[Symbol.asyncDispose](),
  }
}
