import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { quickNode } from '@coffer/testkit/quick-node'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { waitFor } from '@coffer/testkit/wait-for'
import { expect, test } from 'vitest'
import type { BrokerConfig } from './messaging-settings.ts'
import { type KafkaUnderTest, kafkaUnderTest } from './testing/kafka-under-test.ts'
import { CONTRACT_TOPIC, CONTRACT_TOPICS } from './testing/messaging-contract.ts'
import { redisUnderTest } from './testing/redis-under-test.ts'

const member = {
  ...{ group: 'readers', topics: [CONTRACT_TOPIC] },
  ...{ batchSizeMax: 5, sessionTimeoutMs: 3_000 },
}

const kafka = async (client: 'kafkajs' | 'platformatic') => {
  const { KAFKA_BROKERS } = stackUrls()
  const broker = await kafkaUnderTest(KAFKA_BROKERS, CONTRACT_TOPICS)
  const { topicPrefix } = broker
  return { broker, config: { kind: 'kafka', client, brokers: [KAFKA_BROKERS], topicPrefix } }
}
const redis = async () => {
  const { REDIS_URL: url } = stackUrls()
  const broker = await redisUnderTest(url, CONTRACT_TOPICS)
  return { broker, config: { kind: 'redis', url, topicPrefix: broker.topicPrefix } }
}
type Opened = { broker: Pick<KafkaUnderTest, 'producer'> & AsyncDisposable; config: object }
const adapters: [name: string, open: () => Promise<Opened>][] = [
  ['kafkajs', () => kafka('kafkajs')],
  ['@platformatic/kafka', () => kafka('platformatic')],
  ['Redis Streams', redis],
]

test.each(adapters)('loses nothing that a killed member had in hand: %s', async (_name, open) => {
  const { broker, config } = await open()
  await using _broker = broker
  await using processes = new AsyncDisposableStack()
  const seen = new Set<string>()
  let published = 0
  const publish = async () => {
    const numbers = Array.from({ length: 30 }, () => published++)
    await broker.producer.publish(
      numbers.map((number) => {
        return { topic: CONTRACT_TOPIC, key: `key-${number % 9}`, headers: {}, value: `${number}` }
      }),
    )
  }
  const victim = processes.use(startMember(config as BrokerConfig, seen))
  const other = processes.use(startMember(config as BrokerConfig, seen))
  const flowing = { what: 'both members to read', intervalMs: 100 }
  await waitFor(() => publish().then(() => victim.handled() > 20 && other.handled() > 20), flowing)

  await publish()
  await victim.kill()
  await publish()
  await waitFor(() => seen.size === published, { what: 'the other to handle all' })

  expect(seen.size).toBe(published)
})

/** Starts a member whose values are added to `seen`. */
function startMember(config: BrokerConfig, seen: Set<string>) {
  const main = fileURLToPath(new URL('testing/member-process.ts', import.meta.url))
  const argv = [...quickNode.args, main]
  const child = spawn(process.execPath, [...argv, JSON.stringify(config), JSON.stringify(member)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let handled = 0
  createInterface(child.stdout).on('line', (value) => {
    seen.add(value)
    handled += 1
  })
  const kill = async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  return { handled: () => handled, kill, [Symbol.asyncDispose]: kill }
}
