import { poll } from '@coffer/runtime/poll'
import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { testDatabase } from '@coffer/testkit/test-database'
import { testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import { expect, test } from 'vitest'
import { ensureMessagingTopics } from './ensure-messaging-topics.ts'
import type { BrokerConfig, MessagingConfig } from './messaging-settings.ts'
import { messagingMigrations } from './migrations.ts'
import { openMessaging } from './open-messaging.ts'
import { relayStep } from './relay.ts'
import { releaseLease } from './relay-lease.ts'
import { topicUnderTest } from './testing/kafka-under-test.ts'
import { enqueueAll, message, TOPIC } from './testing/outbox-under-test.ts'

const KEYS = 5

/** What one process does until it is stopped. */
type Running = { stop(): Promise<void> }

const moves = [
  ['kafka', 'redis', 'consumers'],
  ['kafka', 'redis', 'producers'],
  ['redis', 'kafka', 'consumers'],
  ['redis', 'kafka', 'producers'],
] as const

test.each(moves)('moves from %s to %s, %s first, and keeps every key in order', async (...move) => {
  const [from, to, first] = move
  await using room = await openRoom()
  const { config, seen } = room
  const old = config[from]
  const moving: MessagingConfig = { ...config[to], before: config[from] }
  const producers = [room.produce('one', old), room.produce('two', old)]
  const consumers = [room.consume(old), room.consume(old)]
  const restart = async (running: Running[], start: (at: number) => Running) => {
    for (const [at, each] of running.entries()) {
      await each.stop()
      running[at] = start(at)
      await room.write()
    }
  }
  const steps = {
    producers: () => restart(producers, (at) => room.produce(`moved ${at}`, moving)),
    consumers: () => restart(consumers, () => room.consume(moving)),
  }
  await room.flow()

  await steps[first]()
  await steps[first === 'consumers' ? 'producers' : 'consumers']()
  await waitFor(() => seen.size === room.written(), { what: 'all of the move' })
  const reader = { group: 'readers', topics: [TOPIC] }
  const left = await (await room.open(moving)).backlog(reader)
  const carried = async (by: BrokerConfig) =>
    await (await room.open(by)).backlog({ ...reader, group: 'nobody' })
  const counts = [await carried(config[from]), await carried(config[to])]
  await restart(consumers, () => room.consume(config[to]))
  await restart(producers, (at) => room.produce(`after ${at}`, config[to]))
  await waitFor(() => seen.size === room.written(), { what: 'all' })
  await Promise.all([...producers, ...consumers].map((each) => each.stop()))

  expect(left).toBe(0)
  expect(Math.min(...counts)).toBeGreaterThan(0)
  for (let key = 0; key < KEYS; key += 1) {
    const ofKey = [...seen].map(Number).filter((number) => number % KEYS === key)
    expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b))
  }
})

/** A database and topics at both brokers, and processes that use them. */
async function openRoom() {
  const resources = new AsyncDisposableStack()
  const { postgres } = resources.use(await testDatabase([messagingMigrations]))
  const { brokers, topicPrefix } = resources.use(await testTopics([topicUnderTest(TOPIC)]))
  const config = {
    kafka: { kind: 'kafka', client: 'kafkajs', brokers, topicPrefix },
    redis: { kind: 'redis', url: stackUrls().REDIS_URL, topicPrefix },
  } as const satisfies Record<string, BrokerConfig>
  const topics = [topicUnderTest(TOPIC)]
  await ensureMessagingTopics({ messaging: config.redis, topics, replicationFactor: 1 })
  const open = (messaging: MessagingConfig) =>
    openMessaging({ ...messaging, clientId: 'test', logger: silentLogger })
  const seen = new Set<string>()
  let written = 0
  const write = async () => {
    const numbers = Array.from({ length: 2 * KEYS }, () => written++)
    const owed = numbers.map((number) => message(`${number}`, `key-${number % KEYS}`))
    await enqueueAll(postgres, owed)
  }
  const run = (work: (signal: AbortSignal) => Promise<void>): Running => {
    const stopping = new AbortController()
    const running = work(stopping.signal)
    running.catch(() => undefined)
    return {
      async stop() {
        stopping.abort()
        await running
      },
    }
  }
  return {
    config,
    open,
    seen,
    write,
    written: () => written,
    /** Writes more, whoever reads it when, until more was handled. */
    async flow() {
      const before = seen.size
      await waitFor(() => write().then(() => seen.size > before), { what: 'messages to flow' })
    },
    produce(holder: string, messaging: MessagingConfig) {
      return run(async (signal) => {
        const { broker, producer: openProducer } = await open(messaging)
        await using producer = await openProducer()
        const relay = { postgres, producer, broker, topic: TOPIC, holder }
        const step = relayStep({ ...relay, batchSize: 20, leaseMs: 2_000 })
        await poll(step, { idleMs: 10, retryMaxMs: 100, onError: () => undefined })(signal)
        await releaseLease(relay)
      })
    },
    consume(messaging: MessagingConfig) {
      const member = {
        group: 'readers',
        topics: [TOPIC],
        batchSizeMax: 10,
        sessionTimeoutMs: 6_000,
      }
      return run(async (signal) => {
        const { consumer } = await open(messaging)
        await consumer(member).run(async (deliveries) => {
          // By id, as an inbox does: of what comes twice the first counts.
          for (const { headers } of deliveries) seen.add(headers['ce_id'] ?? '')
        }, signal)
      })
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
