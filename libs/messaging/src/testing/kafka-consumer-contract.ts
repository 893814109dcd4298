import { randomUUID } from 'node:crypto'
import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { waitFor } from '@coffer/testkit/wait-for'
import type { Admin, IHeaders } from 'kafkajs'
import { expect, test } from 'vitest'
import { kafkaClient } from '../adapters/kafka-client.ts'
import { ensureTopics } from '../adapters/kafka-topics.ts'
import type { Delivery } from '../ports.ts'
import { type KafkaAdapter, kafkaUnderTest, topicUnderTest } from './kafka-under-test.ts'
import { CONTRACT_TOPIC, readUntil } from './messaging-contract.ts'

const brokers = () => stackUrls().KAFKA_BROKERS.split(',')
const message = (value: string, key = value) => ({
  topic: CONTRACT_TOPIC,
  key,
  headers: {},
  value,
})
const reader = { group: 'readers', topics: [CONTRACT_TOPIC], batchSizeMax: 100 }

/** What a consumer of Kafka promises beside the contract of the ports, with any client. */
export function kafkaConsumerContract(adapter: KafkaAdapter): void {
  const open = ({ partitions = 3 } = {}) =>
    kafkaUnderTest(
      stackUrls().KAFKA_BROKERS,
      [topicUnderTest(CONTRACT_TOPIC, partitions)],
      {},
      adapter,
    )

  test('hands over together what waits in several partitions', async () => {
    await using kafka = await open({ partitions: 12 })
    const values = Array.from({ length: 200 }, (_, n) => `${n}`)
    await kafka.producer.publish(values.map((value) => message(value)))
    const batches: (readonly Delivery[])[] = []

    await readUntil(
      kafka.consumer({ ...reader, batchSizeMax: 5_000 }),
      (all) => all.length >= 200,
      async (deliveries) => {
        batches.push(deliveries)
      },
    )

    const partitions = batches.map((each) => new Set(each.map(({ partition }) => partition)).size)
    expect(Math.max(...partitions)).toBeGreaterThan(1)
  })

  test('waits for a topic that is created later', async () => {
    const topicPrefix = `${randomUUID()}.`
    const options = { brokers: brokers(), clientId: 'test', logger: silentLogger, topicPrefix }
    let attempts = 0
    const logger = {
      ...silentLogger,
      warn: () => {
        attempts += 1
      },
    }
    const reading = readUntil(
      adapter.consumer({ ...options, ...reader, logger }),
      (all) => all.length > 0,
    )
    await waitFor(() => attempts > 0, { what: 'the consumer to find no topic' })

    await ensureTopics({
      ...options,
      topics: [topicUnderTest(CONTRACT_TOPIC)],
      replicationFactor: 1,
    })
    await using producer = await adapter.producer(options)
    await producer.publish([message('a')])

    expect((await reading).map(({ value }) => value)).toEqual(['a'])
  })

  test('finishes and commits what it has in hand when another member joins', async () => {
    await using kafka = await open()
    await kafka.producer.publish([message('a', 'key'), message('b', 'key')])
    await using admin = await openAdmin()
    const group = `${kafka.topicPrefix}${reader.group}`
    const stop = new AbortController()
    const seen: string[] = []
    const inHand = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const first = kafka.consumer({ ...reader, batchSizeMax: 1 }).run(async (deliveries) => {
      inHand.resolve()
      await goOn.promise
      seen.push(...deliveries.map(({ value }) => value))
    }, stop.signal)
    await inHand.promise

    const second = kafka.consumer(reader).run(async (deliveries) => {
      seen.push(...deliveries.map(({ value }) => value))
    }, stop.signal)
    await waitFor(async () => (await groupState(admin, group)) === 'PreparingRebalance', {
      what: 'the group to rebalance',
    })
    goOn.resolve()
    await waitFor(() => seen.length >= 2, { what: 'both messages' })
    stop.abort()
    await Promise.all([first, second])

    expect(seen).toEqual(['a', 'b'])
  })

  test('stays a member while a handler takes longer than the session', async () => {
    await using kafka = await open()
    await kafka.producer.publish([message('a')])
    await using admin = await openAdmin()
    const group = `${kafka.topicPrefix}${reader.group}`
    const sessionTimeoutMs = 6_000
    const stop = new AbortController()
    const members = new Set<string>()

    const seen = await readUntil(
      kafka.consumer({ ...reader, sessionTimeoutMs }),
      (all) => all.length > 0,
      async () => {
        const until = performance.now() + sessionTimeoutMs + 1_000
        await waitFor(
          async () => {
            members.add(await membersOf(admin, group))
            return performance.now() > until
          },
          { what: 'the session to run out', intervalMs: 500 },
        )
      },
    )
    stop.abort()

    expect(seen).toHaveLength(1)
    expect(members.size).toBe(1)
  })

  test('commits only after the handler has succeeded and said so', async () => {
    await using kafka = await open()
    await kafka.producer.publish([message('a')])
    const happened: string[] = []

    await readUntil(
      kafka.consumer({ ...reader, onHandled: () => happened.push('told') }),
      (all) => all.length > 0,
      async () => {
        happened.push('tried')
        if (happened.length === 1) throw new Error('not at first')
      },
    )

    expect(happened).toEqual(['tried', 'tried', 'told'])
  })

  test('reads what other programs wrote without key, value or single headers', async () => {
    await using kafka = await open()
    const client = kafkaClient({ brokers: brokers(), clientId: 'test', logger: silentLogger })
    const foreign = client.kafka.producer()
    await foreign.connect()
    const headers: IHeaders = { twice: ['first', 'second'] }
    await foreign.send({
      topic: kafka.topicPrefix + CONTRACT_TOPIC,
      messages: [{ key: null, value: null, headers }],
    })
    client.cut()

    const [delivery] = await readUntil(kafka.consumer(reader), (all) => all.length > 0)

    expect(delivery).toMatchObject({ key: '', value: '', headers: { twice: 'second' } })
  })

  test('begins anew with a topic that was deleted and created again', async () => {
    await using kafka = await open()
    const stop = new AbortController()
    const seen: string[] = []
    let warnings = 0
    const logger = {
      ...silentLogger,
      warn: () => {
        warnings += 1
      },
    }
    await kafka.producer.publish([message('a'), message('b'), message('c')])
    const consuming = kafka.consumer({ ...reader, logger }).run(async (deliveries) => {
      seen.push(...deliveries.map(({ value }) => value))
    }, stop.signal)
    await waitFor(() => seen.length >= 3, { what: 'the first messages' })
    await using admin = await openAdmin()

    await admin.deleteTopics({ topics: [kafka.topicPrefix + CONTRACT_TOPIC] })
    warnings = 0
    await waitFor(() => warnings > 0, { what: 'the consumer to miss its topic' })
    await ensureTopics({
      brokers: brokers(),
      topicPrefix: kafka.topicPrefix,
      topics: [topicUnderTest(CONTRACT_TOPIC)],
      replicationFactor: 1,
    })
    await waitFor(() => kafka.producer.publish([message('a')]).then(() => true), {
      what: 'the new topic to take a message',
    })
    await waitFor(() => seen.length > 3, { what: 'the message of the new topic' })
    stop.abort()
    await consuming

    expect(seen.at(-1)).toBe('a')
  })
}

async function openAdmin(): Promise<Admin & AsyncDisposable> {
  const client = kafkaClient({ brokers: brokers(), clientId: 'test', logger: silentLogger })
  const admin = client.kafka.admin()
  await admin.connect()
  return Object.assign(admin, { [Symbol.asyncDispose]: async () => client.cut() })
}

async function groupState(admin: Admin, group: string): Promise<string | undefined> {
  const { groups } = await admin.describeGroups([group])
  return groups[0]?.state
}

async function membersOf(admin: Admin, group: string): Promise<string> {
  const { groups } = await admin.describeGroups([group])
  return groups[0]?.members.map(({ memberId }) => memberId).join(',') ?? ''
}
