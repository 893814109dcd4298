import { randomUUID } from 'node:crypto'
import { kafkaConsumer } from '@coffer/messaging/kafka-consumer'
import type { Delivery } from '@coffer/messaging/ports'
import { silentLogger } from '@coffer/telemetry/logger'
import { type Admin, withAdmin } from '@coffer/testkit/kafka-admin'

/** Everything that `topics` hold now: by partition in the order of their offsets. */
export async function readTopics(brokers: string, topics: readonly string[]): Promise<Delivery[]> {
  const missing = await withAdmin(brokers.split(','), (admin) => contents(admin, topics))
  const read = new Map<string, Delivery>()
  const done = new AbortController()
  if (missing.size === 0) return []
  const consumer = kafkaConsumer({
    brokers: brokers.split(','),
    clientId: 'e2e',
    group: `e2e-${randomUUID()}`,
    topics,
    batchSizeMax: 1_000,
    logger: silentLogger,
  })
  await consumer.run(async (deliveries) => {
    for (const delivery of deliveries) {
      const { topic, partition, offset } = delivery
      const place = `${topic}/${partition}`
      read.set(`${place}/${offset}`, delivery)
      if (BigInt(offset) + 1n >= (missing.get(place) ?? 0n)) missing.delete(place)
    }
    if (missing.size === 0) done.abort()
  }, done.signal)
  return [...read.values()]
}

/** Partitions that hold anything, with the offset after their last message. */
async function contents(admin: Admin, topics: readonly string[]): Promise<Map<string, bigint>> {
  const ends = new Map<string, bigint>()
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high))
    }
  }
  return ends
}

/** How many messages of `topic` the consumers of `group` have yet to handle. */
export function groupLag(
  brokers: string,
  { group, topic }: { group: string; topic: string },
): Promise<number> {
  return withAdmin(brokers.split(','), async (admin) => {
    const [handled] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    const ends = await admin.fetchTopicOffsets(topic)
    return ends.reduce((lag, { partition, low, high }) => {
      const committed = handled?.partitions.find((each) => each.partition === partition)?.offset
      return lag + Number(high) - Math.max(Number(low), Number(committed ?? -1))
    }, 0)
  })
}
