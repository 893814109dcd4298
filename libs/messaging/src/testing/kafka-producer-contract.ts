import { connect } from 'node:net'
import type { Message } from '@coffer/events/event'
import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { expect, test } from 'vitest'
import { kafkaClient } from '../adapters/kafka-client.ts'
import { PublishError, PublishRefusedError } from '../adapters/publish-by-session.ts'
import { type KafkaAdapter, kafkaUnderTest, topicUnderTest } from './kafka-under-test.ts'
import { lossyProxy } from './lossy-proxy.ts'
import { readUntil } from './messaging-contract.ts'

const brokers = () => stackUrls().KAFKA_BROKERS.split(',')

const message = (value: string, topic = 'events'): Message => ({
  topic,
  key: 'alice',
  headers: { ce_id: value },
  value,
})

const reader = { group: 'readers', topics: ['events'], batchSizeMax: 100 }

/** What a producer of Kafka promises beside the contract of the ports, with any client. */
export function kafkaProducerContract(adapter: KafkaAdapter): void {
  const open = (options: Parameters<typeof kafkaUnderTest>[2] = {}, partitions = 3) =>
    kafkaUnderTest(
      stackUrls().KAFKA_BROKERS,
      [topicUnderTest('events', partitions)],
      options,
      adapter,
    )

  test('asks all in-sync replicas to acknowledge, in every request on the wire', async () => {
    await using proxy = await lossyProxy()
    await using kafka = await open(proxy)

    await kafka.producer.publish([message('a'), message('b')])
    await kafka.producer.publish([message('c')])

    // There may be more of them: the leader of a new topic may refuse the first.
    expect(proxy.acksAskedFor.length).toBeGreaterThanOrEqual(2)
    expect(new Set(proxy.acksAskedFor)).toEqual(new Set([-1]))
  })

  test('stores a message once whose acknowledgement was lost on the way', async () => {
    await using proxy = await lossyProxy()
    await using kafka = await open(proxy)
    await kafka.producer.publish([message('first')])

    proxy.loseNextAck()
    await kafka.producer.publish([message('second')])
    await kafka.producer.publish([message('third')])

    const seen = await readUntil(kafka.consumer(reader), (all) => all.at(-1)?.value === 'third')
    expect(seen.map(({ value }) => value)).toEqual(['first', 'second', 'third'])
    expect(proxy.acksLost()).toBe(1)
  })

  test('stores each record batch under a producer id with growing sequence numbers', async () => {
    await using kafka = await open()
    await kafka.producer.publish([message('a'), message('b')])
    await kafka.producer.publish([message('c')])

    const stored = await readRecordBatches(`${kafka.topicPrefix}events`, 3)

    expect(stored.map(({ firstSequence }) => firstSequence)).toEqual([0, 0, 2])
    expect(Number(stored[0]?.producerId)).toBeGreaterThanOrEqual(0)
    expect(new Set(stored.map(({ producerId }) => producerId)).size).toBe(1)
  })

  test('chooses the partition that every other Kafka client chooses for a key', async () => {
    await using kafka = await open({}, 12)
    const keys = ['alice', 'bob', '5d2f9c3e-8a41-4c7b-9f00-3b1f6f0f6f11', 'ключ']

    await kafka.producer.publish(keys.map((key) => ({ ...message(key), key })))

    const seen = await readUntil(kafka.consumer(reader), (all) => all.length >= 4)
    const partitions = Object.fromEntries(seen.map(({ key, partition }) => [key, partition]))
    // What `BuiltInPartitioner.partitionForKey` of Kafka's own Java client answers.
    expect(partitions).toEqual({
      alice: 9,
      bob: 6,
      '5d2f9c3e-8a41-4c7b-9f00-3b1f6f0f6f11': 5,
      ключ: 8,
    })
  })

  test('fails for a topic that does not exist and works for others afterwards', async () => {
    await using kafka = await open()

    const published = kafka.producer.publish([message('a', 'nowhere')])
    await expect(published).rejects.toThrow(PublishRefusedError)
    await expect(published).rejects.toThrow(/UNKNOWN_TOPIC_OR_PARTITION/)
    await kafka.producer.publish([message('b')])

    const seen = await readUntil(kafka.consumer(reader), (all) => all.length >= 1)
    expect(seen.map(({ value }) => value)).toEqual(['b'])
  })

  test('tells a refusal from a failure, and publishes the next all the same', async () => {
    await using kafka = await open()
    const large = { ...message('large'), value: 'x'.repeat(1_200_000) }

    const published = kafka.producer.publish([large])
    await expect(published).rejects.toThrow(PublishRefusedError)
    await expect(published).rejects.toThrow(/MESSAGE_TOO_LARGE/)
    await kafka.producer.publish([message('b')])

    const seen = await readUntil(kafka.consumer(reader), (all) => all.length >= 1)
    expect(seen.map(({ value }) => value)).toEqual(['b'])
  })

  test('starts while no broker is there, fails in bounded time, and works once one is', async () => {
    let isAway = true
    await using kafka = await open({
      openSocket: ({ host, port }) => connect({ host, port: isAway ? NOBODY_LISTENS : port }),
      reach: ({ host, port }) => ({ host, port: isAway ? NOBODY_LISTENS : port }),
    })

    const published = kafka.producer.publish([message('a')])
    await expect(published).rejects.toThrow(PublishError)
    await expect(published).rejects.not.toThrow(PublishRefusedError)
    isAway = false
    await kafka.producer.publish([message('b')])

    const seen = await readUntil(kafka.consumer(reader), (all) => all.length >= 1)
    expect(seen.map(({ value }) => value)).toEqual(['b'])
  })
}

/** The discard service, which no machine of today runs. */
const NOBODY_LISTENS = 9

type RecordBatch = { producerId: string; firstSequence: number }

/** What the broker stored with each record, which kafkajs reads and its types don't mention. */
async function readRecordBatches(topic: string, count: number): Promise<RecordBatch[]> {
  const client = kafkaClient({ brokers: brokers(), clientId: 'test', logger: silentLogger })
  const consumer = client.kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 })
  const stored: RecordBatch[] = []
  const done = Promise.withResolvers<void>()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message: record }) => {
      stored.push((record as unknown as { batchContext: RecordBatch }).batchContext)
      if (stored.length === count) done.resolve()
    },
  })
  await done.promise
  await consumer.disconnect()
  client.cut()
  return stored
}
