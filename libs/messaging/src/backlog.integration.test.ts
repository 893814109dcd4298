import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { expect, test } from 'vitest'
import { kafkaBacklog } from './adapters/kafka-backlog.ts'
import { redisBacklog } from './adapters/redis-backlog.ts'
import type { GroupReader } from './ports.ts'
import { kafkaUnderTest, topicUnderTest } from './testing/kafka-under-test.ts'
import { readUntil } from './testing/messaging-contract.ts'
import { redisUnderTest } from './testing/redis-under-test.ts'

const topics = [topicUnderTest('events')]
const reader = { group: 'readers', topics: ['events'] }
const shared = { clientId: 'test', logger: silentLogger }

async function openKafka() {
  const { KAFKA_BROKERS } = stackUrls()
  const broker = await kafkaUnderTest(KAFKA_BROKERS, topics)
  const options = { ...shared, brokers: KAFKA_BROKERS.split(','), topicPrefix: broker.topicPrefix }
  return { broker, backlog: (group: GroupReader) => kafkaBacklog(options, group) }
}

async function openRedis() {
  const { REDIS_URL: url } = stackUrls()
  const broker = await redisUnderTest(url, topics)
  const options = { ...shared, url, topicPrefix: broker.topicPrefix }
  return { broker, backlog: (group: GroupReader) => redisBacklog(options, group) }
}

test.each([
  ['Kafka', openKafka],
  ['Redis', openRedis],
])('%s tells how much a group has yet to handle, in hand or not', async (_name, open) => {
  const { broker, backlog } = await open()
  await using _broker = broker
  const messages = Array.from({ length: 20 }, (_, n) => `${n}`)
  const before = await backlog(reader)
  await broker.producer.publish(
    messages.map((value) => ({ topic: 'events', key: value, headers: {}, value })),
  )
  const fresh = await backlog(reader)
  const inHand: number[] = []

  const consumer = broker.consumer({ ...reader, batchSizeMax: 3 })
  const first = await readUntil(
    consumer,
    (all) => all.length >= 7,
    async () => {
      inHand.push(await backlog(reader))
    },
  )
  const rest = await backlog(reader)
  await readUntil(consumer, (all) => all.length >= rest)

  expect([before, fresh, rest]).toEqual([0, 20, 20 - first.length])
  expect(inHand[0]).toBe(20)
  expect(inHand.at(-1)).toBeGreaterThan(rest)
  expect(await backlog(reader)).toBe(0)
  expect(await backlog({ ...reader, group: 'others' })).toBe(20)
})
