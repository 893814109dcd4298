import { randomUUID } from 'node:crypto'
import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { waitFor } from '@coffer/testkit/wait-for'
import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import type { Delivery } from '../ports.ts'
import { readUntil } from '../testing/messaging-contract.ts'
import { redisUnderTest } from '../testing/redis-under-test.ts'
import { PublishError } from './publish-by-session.ts'
import { redisClient } from './redis-client.ts'
import { redisConsumer } from './redis-consumer.ts'
import { redisLeases } from './redis-leases.ts'
import { redisProducer } from './redis-producer.ts'
import { acknowledge, takeNew } from './redis-streams.ts'
import { ensureRedisTopics, streamKey } from './redis-topics.ts'
import { TopicPartitionsError } from './topic-partitions-error.ts'
import { trimStream } from './trim-stream.ts'

const TOPIC = 'events'
const topic = (partitions: number) => ({ name: TOPIC, partitions, retentionMs: -1 })
const message = (value: string) => ({ topic: TOPIC, key: 'alice', headers: {}, value })
const reader = { group: 'readers', topics: [TOPIC], batchSizeMax: 10 }
const open = (partitions = 1) => redisUnderTest(stackUrls().REDIS_URL, [topic(partitions)])
const valuesOf = (deliveries: readonly Delivery[]) => deliveries.map(({ value }) => value)

async function connect(): Promise<Redis & AsyncDisposable> {
  const redis = redisClient({ url: stackUrls().REDIS_URL, clientId: 'test', logger: silentLogger })
  await redis.connect()
  return Object.assign(redis, { [Symbol.asyncDispose]: async () => redis.disconnect() })
}

test('makes no topic that nobody asked for, and publishes once somebody has', async () => {
  const shared = {
    ...{ url: stackUrls().REDIS_URL, clientId: 'test', logger: silentLogger },
    topicPrefix: `${randomUUID()}.`,
  }
  await using producer = await redisProducer(shared)
  await expect(producer.publish([message('a')])).rejects.toThrow(PublishError)
  const reading = readUntil(redisConsumer({ ...shared, ...reader }), (all) => all.length > 0)

  await ensureRedisTopics({ ...shared, topics: [topic(2)] })
  await producer.publish([message('b')])

  expect(valuesOf(await reading)).toEqual(['b'])
})

test('refuses another number of partitions than a topic has', async () => {
  await using redis = await open(2)
  const { topicPrefix } = redis
  const ensure = (partitions: number) =>
    ensureRedisTopics({ url: stackUrls().REDIS_URL, topics: [topic(partitions)], topicPrefix })

  await ensure(2)
  await expect(ensure(3)).rejects.toThrow(TopicPartitionsError)
})

test('cuts off what is old and acknowledged by all groups, and nothing else', async () => {
  await using redis = await open()
  await using connection = await connect()
  const stream = streamKey(redis.topicPrefix + TOPIC, 0)
  const trimmed = async () => await trimStream(connection, stream, 0)
  const length = () => connection.xlen(stream)
  const old = async () => {
    const [second] = await connection.time()
    await waitFor(async () => (await connection.time())[0] !== second, { what: 'a second to pass' })
  }
  await redis.producer.publish(['a', 'b', 'c'].map(message))
  await old()
  expect(await trimmed()).toBe(0)

  await readUntil(redis.consumer({ ...reader, group: 'fast' }), (all) => all.length >= 3)
  const stop = new AbortController()
  await redis.consumer({ ...reader, group: 'slow', batchSizeMax: 1 }).run(async ([delivery]) => {
    if (delivery?.value === 'a') return
    stop.abort()
    throw new Error('stopped in the middle')
  }, stop.signal)
  // The slow group was given what it has not acknowledged.
  expect([await trimmed(), await length()]).toEqual([1, 2])
  expect(await trimStream(connection, stream, 3_600_000)).toBe(0)

  const rest = await readUntil(
    redis.consumer({ ...reader, group: 'slow' }),
    (all) => all.length >= 2,
  )
  expect(valuesOf(rest)).toEqual(['b', 'c'])
  expect([await trimmed(), await length()]).toEqual([2, 0])
  await redis.producer.publish([message('d')])
  const [next] = await readUntil(
    redis.consumer({ ...reader, group: 'slow' }),
    (all) => all.length >= 1,
  )
  expect(next).toMatchObject({ value: 'd', offset: '3' })
})

test('gives a member that has lost its lease nothing, and takes no acknowledgement of it', async () => {
  await using redis = await open()
  await using connection = await connect()
  const stream = streamKey(redis.topicPrefix + TOPIC, 0)
  const group = redis.topicPrefix + reader.group
  await connection.xgroup('CREATE', stream, group, '0', 'MKSTREAM')
  const memberOf = (member: string) => {
    const shared = { redis: connection, group, member, sessionTimeoutMs: 60_000 }
    const leases = redisLeases({ ...shared, streams: [stream] })
    return { ...shared, leases, leaseKey: leases.key }
  }
  const [paused, successor] = [memberOf('a'), memberOf('b')]
  await redis.producer.publish(['one', 'two'].map(message))
  const take = { streams: [stream], countMax: 1 }

  expect(await paused.leases.renew()).toEqual({ mine: [stream], toRelease: [] })
  expect(await takeNew(paused, take)).toMatchObject([[stream, [['1-0', expect.anything()]]]])
  await connection.del(paused.leases.key(stream))
  await connection.zrem(`coffer:members:${group}`, 'a')
  expect(await successor.leases.renew()).toEqual({ mine: [stream], toRelease: [] })

  expect(await takeNew(paused, take)).toEqual([])
  expect(await acknowledge(paused, { stream, offsets: ['0'] })).toBe(false)
  expect(await acknowledge(successor, { stream, offsets: ['0'] })).toBe(true)
})

test('leaves a stream with who holds it until that has released it', async () => {
  await using connection = await connect()
  const group = randomUUID()
  const streams = ['one', 'two']
  const leasesOf = (member: string) =>
    redisLeases({ redis: connection, group, member, streams, sessionTimeoutMs: 60_000 })
  const [first, second] = [leasesOf('a'), leasesOf('b')]
  expect(await first.renew()).toEqual({ mine: ['one', 'two'], toRelease: [] })

  expect(await second.renew()).toEqual({ mine: [], toRelease: [] })
  expect(await first.renew()).toEqual({ mine: ['one'], toRelease: ['two'] })
  await first.release(['two'])
  expect(await second.renew()).toEqual({ mine: ['two'], toRelease: [] })
  await first.leave()
  expect(await second.renew()).toEqual({ mine: ['one', 'two'], toRelease: [] })
})
