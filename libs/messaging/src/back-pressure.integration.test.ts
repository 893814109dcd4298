import { connect } from 'node:net'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { startTcpProxy } from '@coffer/testkit/tcp-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { expect, test } from 'vitest'
import { kafkaConsumer } from './adapters/kafka-consumer.ts'
import { kafkaProducer } from './adapters/kafka-producer.ts'
import { platformaticConsumer } from './adapters/platformatic-consumer.ts'
import type { Consumer, ConsumerOptions, Producer } from './ports.ts'
import { kafkaUnderTest } from './testing/kafka-under-test.ts'
import { CONTRACT_TOPIC, CONTRACT_TOPICS } from './testing/messaging-contract.ts'
import { redisUnderTest } from './testing/redis-under-test.ts'

const MESSAGES = 110
const MESSAGE_BYTES = 400_000

/** Two fetches of Kafka, each of at most two megabytes from every partition, and some more. */
const RECEIVED_MAX = 13.5 * 1_048_576

type Opened = AsyncDisposable & {
  producer: Producer
  /** A consumer that reaches its broker through `port` of 127.0.0.1. */
  through(port: number): (options: ConsumerOptions) => Consumer
}

const kafka = async (consumer: typeof kafkaConsumer | typeof platformaticConsumer) => {
  const adapter = { producer: kafkaProducer, consumer }
  const broker = await kafkaUnderTest(stackUrls().KAFKA_BROKERS, CONTRACT_TOPICS, {}, adapter)
  const through: Opened['through'] = (port) => (options) => {
    const host = '127.0.0.1'
    const openSocket = () => connect({ host, port })
    return broker.consumer({ ...options, openSocket, ...{ reach: () => ({ host, port }) } })
  }
  return { ...broker, through }
}

const redis = async () => {
  const broker = await redisUnderTest(stackUrls().REDIS_URL, CONTRACT_TOPICS)
  const through: Opened['through'] = (port) => (options) =>
    broker.consumer({ ...options, url: `redis://127.0.0.1:${port}` })
  return { ...broker, through }
}

const adapters: [name: string, port: () => number, open: () => Promise<Opened>][] = [
  ['kafkajs', () => portOf(`kafka://${stackUrls().KAFKA_BROKERS}`), () => kafka(kafkaConsumer)],
  [
    '@platformatic/kafka',
    () => portOf(`kafka://${stackUrls().KAFKA_BROKERS}`),
    () => kafka(platformaticConsumer),
  ],
  ['Redis Streams', () => portOf(stackUrls().REDIS_URL), redis],
]

const portOf = (url: string) => Number(new URL(url).port)

test.each(adapters)('reads no further ahead of a slow handler: %s', async (_name, port, open) => {
  await using broker = await open()
  await using proxy = await startTcpProxy({ port: port() })
  let received = 0
  proxy.add((chunk) => {
    received += chunk.length
    return [chunk]
  }, 'down')
  const value = 'x'.repeat(MESSAGE_BYTES)
  await broker.producer.publish(
    Array.from({ length: MESSAGES }, (_, n) => {
      return { topic: CONTRACT_TOPIC, key: `${n}`, headers: {}, value }
    }),
  )
  const stop = new AbortController()
  const seen: string[] = []
  let ahead = 0

  const reader = { group: 'slow', topics: [CONTRACT_TOPIC], batchSizeMax: 4 }
  await broker
    .through(proxy.port)(reader)
    .run(async (deliveries) => {
      if (seen.length === 0) ahead = await settled(() => received)
      seen.push(...deliveries.map(({ key }) => key))
      if (seen.length >= MESSAGES) stop.abort()
    }, stop.signal)

  expect(MESSAGES * MESSAGE_BYTES).toBeGreaterThan(3 * RECEIVED_MAX)
  expect(ahead).toBeLessThan(RECEIVED_MAX)
  expect(new Set(seen).size).toBe(MESSAGES)
})

/** What `count` says when a megabyte more no longer comes. */
async function settled(count: () => number): Promise<number> {
  let last = -1
  const isSettled = () => {
    const grown = count() - last
    last = count()
    return grown < 10_000
  }
  await waitFor(isSettled, { what: 'nothing more to come', intervalMs: 500 })
  return last
}
