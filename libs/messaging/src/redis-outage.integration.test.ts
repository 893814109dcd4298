import { type Stack, startStack } from '@coffer/devstack/start-stack'
import { poll } from '@coffer/runtime/poll'
import { silentLogger } from '@coffer/telemetry/logger'
import { testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PublishError, PublishRefusedError } from './adapters/publish-by-session.ts'
import { redisClient } from './adapters/redis-client.ts'
import { ensureRedisTopics } from './adapters/redis-topics.ts'
import { messagingMigrations } from './migrations.ts'
import { relayStep } from './relay.ts'
import { relayLag } from './relay-lag.ts'
import { topicUnderTest } from './testing/kafka-under-test.ts'
import { readUntil } from './testing/messaging-contract.ts'
import { enqueueAll, message, TOPIC } from './testing/outbox-under-test.ts'
import { redisUnderTest } from './testing/redis-under-test.ts'

const reader = { group: 'readers', topics: [TOPIC], batchSizeMax: 100 }
const topics = [topicUnderTest(TOPIC)]

/** A Redis of this file's own, since it is killed and emptied. */
let stack: Stack
let url: string

beforeAll(async () => {
  stack = await startStack({ parts: ['redis'] })
  url = stack.urls.REDIS_URL
})

afterAll(() => stack[Symbol.asyncDispose]())

const publishing = (publish: () => Promise<void>) =>
  waitFor(() => publish().then(() => true), { what: 'Redis to take messages' })

async function command(...[name, ...rest]: [string, ...string[]]): Promise<unknown> {
  const redis = redisClient({ url, clientId: 'test', logger: silentLogger })
  await redis.connect()
  try {
    return await redis.call(name, ...rest)
  } finally {
    redis.disconnect()
  }
}

test('delivers every message, in the order of its key, though Redis dies under load', async () => {
  await using database = await testDatabase([messagingMigrations])
  await using redis = await redisUnderTest(url, topics)
  const { postgres } = database
  const stop = new AbortController()
  const seen = new Set<string>()
  let failedSteps = 0
  let written = 0
  const onError = () => {
    failedSteps += 1
  }
  const relay = { postgres, producer: redis.producer, topic: TOPIC, holder: 'relay' }
  const step = relayStep({ ...relay, batchSize: 100, leaseMs: 5_000 })
  const relaying = poll(step, { idleMs: 10, retryMaxMs: 200, onError })(stop.signal)
  const consumer = redis.consumer({ ...reader, sessionTimeoutMs: 3_000 })
  const consuming = consumer.run(async (deliveries) => {
    for (const { value } of deliveries) seen.add(value)
  }, stop.signal)
  const writeSome = async () => {
    const numbers = Array.from({ length: 10 }, () => written++)
    const owed = numbers.map((number) => message(`${number}`, `key-${number % 5}`))
    await enqueueAll(postgres, owed)
  }

  await waitFor(() => writeSome().then(() => seen.size > 100), { what: 'messages to flow' })
  await stack.part('redis').kill()
  await waitFor(() => writeSome().then(() => failedSteps > 0), { what: 'the relay to fail' })
  const [lag] = await relayLag(postgres)
  await stack.part('redis').start()
  await waitFor(() => seen.size === written, { what: 'all to arrive' })
  stop.abort()
  await Promise.all([relaying, consuming])

  expect(lag?.rows).toBeGreaterThan(0)
  for (let key = 0; key < 5; key += 1) {
    const ofKey = [...seen].map(Number).filter((number) => number % 5 === key)
    expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b))
  }
})

test('loses what Redis had acknowledged and not appended to its file, and nothing else', async () => {
  await using redis = await redisUnderTest(url, topics)
  await redis.producer.publish([message('kept')])
  await command('config', 'set', 'appendonly', 'no')
  await redis.producer.publish([message('lost')])

  await stack.part('redis').kill()
  await stack.part('redis').start()
  await publishing(() => redis.producer.publish([message('next')]))

  const seen = await readUntil(redis.consumer(reader), (all) => all.at(-1)?.value === 'next')
  expect([...new Set(seen.map(({ value }) => value))]).toEqual(['kept', 'next'])
})

test('takes nothing after all was deleted, until somebody has made the topics again', async () => {
  await using redis = await redisUnderTest(url, topics)
  const stop = new AbortController()
  const seen: string[] = []
  const reading = redis.consumer(reader).run(async (deliveries) => {
    seen.push(...deliveries.map(({ value }) => value))
  }, stop.signal)
  await redis.producer.publish([message('before')])
  await waitFor(() => seen.length > 0, { what: 'the first message' })

  await command('flushall')
  const refused = redis.producer.publish([message('refused')])
  await expect(refused).rejects.toThrow(PublishRefusedError)
  await ensureRedisTopics({ url, topics, topicPrefix: redis.topicPrefix })
  await redis.producer.publish([message('after')])
  await waitFor(() => seen.includes('after'), { what: 'the message of the new topic' })
  stop.abort()
  await reading

  expect(seen).toEqual(['before', 'after'])
})

test('refuses what there is no memory for, drops nothing for it, and takes it later', async () => {
  await using redis = await redisUnderTest(url, topics)
  await redis.producer.publish([message('before')])

  await command('config', 'set', 'maxmemory', '1')
  const refused = redis.producer.publish([message('later')])
  await expect(refused).rejects.toThrow(PublishRefusedError)
  await command('config', 'set', 'maxmemory', '0')
  await redis.producer.publish([message('later')])

  const seen = await readUntil(redis.consumer(reader), (all) => all.length >= 2)
  expect(seen.map(({ value }) => value)).toEqual(['before', 'later'])
})

test('gives up on a Redis that hangs, in bounded time, and publishes once it answers', async () => {
  await using redis = await redisUnderTest(url, topics, { publishTimeoutMs: 2_000 })
  await redis.producer.publish([message('before')])

  await stack.part('redis').kill('SIGSTOP')
  await expect(redis.producer.publish([message('during')])).rejects.toThrow(PublishError)
  await stack.part('redis').kill('SIGCONT')
  await publishing(() => redis.producer.publish([message('after')]))

  const seen = await readUntil(redis.consumer(reader), (all) => all.at(-1)?.value === 'after')
  const values = seen.map(({ value }) => value).filter((value) => value !== 'during')
  expect(values).toEqual(['before', 'after'])
})
