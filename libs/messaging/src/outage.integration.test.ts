import { type Stack, startStack } from '@coffer/devstack/start-stack'
import { poll } from '@coffer/runtime/poll'
import { testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kafkaConsumer } from './adapters/kafka-consumer.ts'
import { kafkaProducer } from './adapters/kafka-producer.ts'
import { platformaticConsumer } from './adapters/platformatic-consumer.ts'
import { platformaticProducer } from './adapters/platformatic-producer.ts'
import { PublishError } from './adapters/publish-by-session.ts'
import { messagingMigrations } from './migrations.ts'
import { relayStep } from './relay.ts'
import { relayLag } from './relay-lag.ts'
import { type KafkaAdapter, kafkaUnderTest, topicUnderTest } from './testing/kafka-under-test.ts'
import { readUntil } from './testing/messaging-contract.ts'
import { enqueueAll, message, TOPIC } from './testing/outbox-under-test.ts'

const reader = { group: 'readers', topics: [TOPIC], batchSizeMax: 100 }

/** A broker of this file's own, since it is killed. */
let stack: Stack

beforeAll(async () => {
  stack = await startStack({ parts: ['kafka'] })
})

afterAll(() => stack[Symbol.asyncDispose]())

const adapters: [name: string, KafkaAdapter][] = [
  ['kafkajs', { producer: kafkaProducer, consumer: kafkaConsumer }],
  ['@platformatic/kafka', { producer: platformaticProducer, consumer: platformaticConsumer }],
]

const survives = 'delivers every message, in the order of its key, though Kafka dies under load'
test.each(adapters)(`${survives}: %s`, async (_name, adapter) => {
  await using database = await testDatabase([messagingMigrations])
  await using kafka = await kafkaUnderTest(
    stack.urls.KAFKA_BROKERS,
    [topicUnderTest(TOPIC)],
    {},
    adapter,
  )
  const { postgres } = database
  const stop = new AbortController()
  const seen = new Set<string>()
  let failedSteps = 0
  let written = 0

  const relaying = poll(
    relayStep({
      postgres,
      producer: kafka.producer,
      topic: TOPIC,
      holder: 'relay',
      batchSize: 100,
      leaseMs: 5_000,
    }),
    {
      idleMs: 10,
      retryMaxMs: 200,
      onError: () => {
        failedSteps += 1
      },
    },
  )(stop.signal)
  const consuming = kafka
    .consumer({ ...reader, sessionTimeoutMs: 6_000 })
    .run(async (deliveries) => {
      for (const { value } of deliveries) seen.add(value)
    }, stop.signal)
  const writeSome = async () => {
    const numbers = Array.from({ length: 10 }, () => written++)
    await enqueueAll(
      postgres,
      numbers.map((number) => message(`${number}`, `key-${number % 5}`)),
    )
  }

  await waitFor(() => writeSome().then(() => seen.size > 100), { what: 'messages to flow' })
  await stack.part('kafka').kill()
  await waitFor(() => writeSome().then(() => failedSteps > 0), { what: 'the relay to fail' })
  const [lag] = await relayLag(postgres)
  await stack.part('kafka').start()
  await waitFor(() => seen.size === written, { what: 'all to arrive', timeoutMs: 40_000 })
  stop.abort()
  await Promise.all([relaying, consuming])

  expect(lag?.rows).toBeGreaterThan(0)
  for (let key = 0; key < 5; key += 1) {
    const ofKey = [...seen].map(Number).filter((number) => number % 5 === key)
    expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b))
  }
})

const givesUp = 'gives up on a broker that hangs, in bounded time, and publishes once it answers'
test.each(adapters)(`${givesUp}: %s`, async (_name, adapter) => {
  await using kafka = await kafkaUnderTest(
    stack.urls.KAFKA_BROKERS,
    [topicUnderTest(TOPIC)],
    { publishTimeoutMs: 2_000 },
    adapter,
  )
  await kafka.producer.publish([message('before')])

  await stack.part('kafka').kill('SIGSTOP')
  try {
    // The signal takes a moment to reach every thread, in which the broker may still answer.
    const publish = () => failureOf(kafka.producer.publish([message('during')]))
    const failure = await waitFor(publish, { what: 'the broker to hang' })
    expect(failure).toBeInstanceOf(PublishError)
  } finally {
    await stack.part('kafka').kill('SIGCONT')
  }
  await waitFor(() => kafka.producer.publish([message('after')]).then(() => true), {
    what: 'the broker to answer again',
  })

  const seen = await readUntil(kafka.consumer(reader), (all) => all.at(-1)?.value === 'after')
  expect(seen.map(({ value }) => value).filter((value) => value !== 'during')).toEqual([
    'before',
    'after',
  ])
})

const failureOf = (publishing: Promise<unknown>) =>
  publishing.then(
    () => undefined,
    (error: unknown) => error,
  )
