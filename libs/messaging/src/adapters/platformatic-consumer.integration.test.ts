import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { waitFor } from '@coffer/testkit/wait-for'
import { describe, expect, test } from 'vitest'
import type { Consumer } from '../ports.ts'
import { kafkaConsumerContract } from '../testing/kafka-consumer-contract.ts'
import { kafkaUnderTest, topicUnderTest } from '../testing/kafka-under-test.ts'
import {
  CONTRACT_TOPIC,
  CONTRACT_TOPICS,
  messagingContract,
  readUntil,
} from '../testing/messaging-contract.ts'
import { sharingContract } from '../testing/sharing-contract.ts'
import { kafkaConsumer } from './kafka-consumer.ts'
import { platformaticConsumer } from './platformatic-consumer.ts'
import { platformaticProducer } from './platformatic-producer.ts'

const platformatic = { producer: platformaticProducer, consumer: platformaticConsumer }

describe('Kafka through @platformatic/kafka keeps the contract of the messaging ports:', () => {
  const open = () => kafkaUnderTest(stackUrls().KAFKA_BROKERS, CONTRACT_TOPICS, {}, platformatic)
  messagingContract(open)
  sharingContract(open)
})

describe('the consumer with @platformatic/kafka', () => {
  kafkaConsumerContract(platformatic)
})

test('shares a group with a member that uses kafkajs, and goes on from what it committed', async () => {
  const { KAFKA_BROKERS } = stackUrls()
  await using kafka = await kafkaUnderTest(KAFKA_BROKERS, [topicUnderTest(CONTRACT_TOPIC, 4)])
  const { topicPrefix, producer } = kafka
  const options = {
    ...{ brokers: KAFKA_BROKERS.split(','), clientId: 'test', logger: silentLogger, topicPrefix },
    ...{ group: 'readers', topics: [CONTRACT_TOPIC], batchSizeMax: 10 },
  }
  const publish = (first: number, count: number) =>
    producer.publish(
      Array.from({ length: count }, (_, n) => ({
        topic: CONTRACT_TOPIC,
        key: `key-${first + n}`,
        headers: {},
        value: `${first + n}`,
      })),
    )
  const seen: Record<'kafkajs' | 'platformatic', string[]> = { kafkajs: [], platformatic: [] }
  const stop = new AbortController()
  const run = (name: keyof typeof seen, consumer: Consumer) =>
    consumer.run(async (deliveries) => {
      seen[name].push(...deliveries.map(({ value }) => value))
    }, stop.signal)

  const members = [run('kafkajs', kafkaConsumer(options))]
  await publish(0, 40)
  await waitFor(() => seen.kafkajs.length >= 40, { what: 'kafkajs to read all' })
  members.push(run('platformatic', platformaticConsumer(options)))
  let published = 40
  await waitFor(
    async () => {
      await publish(published, 20)
      published += 20
      return seen.platformatic.length > 0 && seen.kafkajs.length > 40
    },
    { what: 'both to read', intervalMs: 100 },
  )
  await waitFor(() => seen.kafkajs.length + seen.platformatic.length >= published, {
    what: 'the rest',
  })
  stop.abort()
  await Promise.all(members)
  await publish(published, 1)
  const after = await readUntil(platformaticConsumer(options), (all) => all.length > 0)

  expect([...seen.kafkajs, ...seen.platformatic].map(Number).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: published }, (_, n) => n),
  )
  expect(after.map(({ value }) => value)).toEqual([`${published}`])
})
