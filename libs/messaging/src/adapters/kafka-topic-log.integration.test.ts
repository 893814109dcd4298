import { randomUUID } from 'node:crypto'
import type { Message } from '@coffer/events/event'
import { silentLogger } from '@coffer/telemetry/logger'
import { withAdmin } from '@coffer/testkit/kafka-admin'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Delivery, Extent, TopicLog } from '../ports.ts'
import { deliveryOf } from '../raw-message.ts'
import { type KafkaUnderTest, kafkaUnderTest, topicUnderTest } from '../testing/kafka-under-test.ts'
import { kafkaTopicLog } from './kafka-topic-log.ts'

const TOPIC = 'log'
const brokers = () => stackUrls().KAFKA_BROKERS.split(',')

let kafka: KafkaUnderTest
let log: TopicLog

beforeAll(async () => {
  kafka = await kafkaUnderTest(stackUrls().KAFKA_BROKERS, [topicUnderTest(TOPIC)])
  const { topicPrefix } = kafka
  log = kafkaTopicLog({ brokers: brokers(), clientId: 'test', logger: silentLogger, topicPrefix })
  await kafka.producer.publish(Array.from({ length: 5_000 }, (_, number) => message(number)))
})
afterAll(async () => {
  await log[Symbol.asyncDispose]()
  await kafka[Symbol.asyncDispose]()
})

const message = (number: number): Message => ({
  topic: TOPIC,
  key: `key ${number % 50}`,
  headers: { ce_id: `${number}` },
  value: `${number} ${'x'.repeat(500)}`,
})

async function readAll(extents: readonly Extent[]): Promise<Delivery[]> {
  const read: Delivery[] = []
  await log.read(TOPIC, extents, async (page) => {
    page.tell((each) => read.push(deliveryOf(each, TOPIC)))
  })
  return read
}

const numbersOf = (deliveries: readonly Delivery[]) =>
  deliveries.map(({ headers }) => Number(headers['ce_id']))

test('hands over all that a topic holds, each partition in order and once', async () => {
  const extents = await log.extents(TOPIC)

  const read = await readAll(extents)

  expect(extents.map(({ first }) => first)).toEqual([0n, 0n, 0n])
  expect(extents.reduce((sum, { end }) => sum + Number(end), 0)).toBe(5_000)
  expect(numbersOf(read).sort((one, other) => one - other)).toEqual([...Array(5_000).keys()])
  for (const [, held] of Map.groupBy(read, ({ partition }) => partition)) {
    expect(held.map(({ offset }) => Number(offset))).toEqual([...held.keys()])
    expect(numbersOf(held)).toEqual(numbersOf(held).toSorted((one, other) => one - other))
  }
  expect(read[0]).toMatchObject({ topic: TOPIC, value: expect.stringMatching(/^[0-9]+ x{500}$/) })
})

test('reads from where it is told to where it is told, whatever comes behind', async () => {
  const extents = (await log.extents(TOPIC)).map((extent) => ({
    ...extent,
    first: extent.end - 10n,
  }))
  await kafka.producer.publish(Array.from({ length: 100 }, (_, number) => message(5_000 + number)))

  const read = await readAll(extents)
  const nothing = await readAll(extents.map((extent) => ({ ...extent, first: extent.end })))

  expect(read).toHaveLength(30)
  expect(Math.max(...numbersOf(read))).toBeLessThan(5_000)
  expect(nothing).toEqual([])
})

test('throws what its reader throws, and hands over nothing more', async () => {
  let calls = 0
  const reading = log.read(TOPIC, await log.extents(TOPIC), async () => {
    calls += 1
    throw new Error('the disk is full')
  })

  await expect(reading).rejects.toThrow('the disk is full')
  expect(calls).toBe(1)
})

test('goes on behind what was deleted of a topic, so that its reader sees the gap', async () => {
  const topic = `log-${randomUUID()}`
  await using other = await kafkaUnderTest(stackUrls().KAFKA_BROKERS, [topicUnderTest(topic, 1)])
  const { topicPrefix } = other
  const client = { brokers: brokers(), clientId: 'test', logger: silentLogger, topicPrefix }
  await using cut = kafkaTopicLog(client)
  await other.producer.publish(
    Array.from({ length: 20 }, (_, number) => ({ ...message(number), topic })),
  )
  const before = await cut.extents(topic)
  await withAdmin(brokers(), async (admin) => {
    // It must have seen a topic before it knows where to delete from it.
    const name = topicPrefix + topic
    await admin.fetchTopicOffsets(name)
    const partitions = [{ partition: 0, offset: '15' }]
    await admin.deleteTopicRecords({ topic: name, partitions })
  })
  const read: Delivery[] = []
  await cut.read(topic, before, async (page) => {
    page.tell((each) => read.push(deliveryOf(each, topic)))
  })

  expect(read.map(({ offset }) => offset)).toEqual(['15', '16', '17', '18', '19'])
  expect(await cut.extents(topic)).toEqual([{ partition: 0, first: 15n, end: 20n }])
})
