import { randomUUID } from 'node:crypto'
import type { Topic } from '@coffer/events/topics'
import { silentLogger } from '@coffer/telemetry/logger'
import { awaitLeaders } from '@coffer/testkit/await-leaders'
import { type KafkaConsumerOptions, kafkaConsumer } from '../adapters/kafka-consumer.ts'
import { type KafkaProducerOptions, kafkaProducer } from '../adapters/kafka-producer.ts'
import { ensureTopics } from '../adapters/kafka-topics.ts'
import type { PlatformaticProducerOptions } from '../adapters/platformatic-producer.ts'
import type { Consumer, ConsumerOptions, Producer } from '../ports.ts'

/** How one client speaks with Kafka. */
export type KafkaAdapter = {
  producer(options: ProducerOptions): Promise<Producer>
  consumer(options: KafkaConsumerOptions): Consumer
}

type ProducerOptions = KafkaProducerOptions & PlatformaticProducerOptions

/** Topics of one test's own on a broker that others use too. */
export type KafkaUnderTest = AsyncDisposable & {
  topicPrefix: string
  producer: Producer
  consumer(options: ConsumerOptions & Partial<KafkaConsumerOptions>): Consumer
}

export const topicUnderTest = (name: string, partitions = 3): Topic => ({
  name,
  partitions,
  retentionMs: -1,
})

/** Creates `topics` under a prefix of their own. */
export async function kafkaUnderTest(
  kafkaBrokers: string,
  topics: readonly Topic[],
  producerOptions: Partial<ProducerOptions> = {},
  adapter: KafkaAdapter = { producer: kafkaProducer, consumer: kafkaConsumer },
): Promise<KafkaUnderTest> {
  const brokers = kafkaBrokers.split(',')
  const topicPrefix = `${randomUUID()}.`
  await ensureTopics({ brokers, topics, topicPrefix, replicationFactor: 1 })
  const names = topics.map(({ name }) => topicPrefix + name)
  await awaitLeaders(brokers, names)
  const shared = { brokers, clientId: 'test', logger: silentLogger, topicPrefix }
  const producer = await adapter.producer({ ...shared, ...producerOptions })
  return {
    topicPrefix,
    producer,
    consumer: (options) => adapter.consumer({ ...shared, ...options }),
    [Symbol.asyncDispose]: () => producer[Symbol.asyncDispose](),
  }
}
