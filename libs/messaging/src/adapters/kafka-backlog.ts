import type { GroupReader } from '../ports.ts'
import { type KafkaClientOptions, kafkaClient } from './kafka-client.ts'

/** How many messages of Kafka a group has yet to handle. */
export async function kafkaBacklog(
  options: KafkaClientOptions & { topicPrefix?: string },
  { group, topics }: GroupReader,
): Promise<number> {
  const { topicPrefix = '' } = options
  const { kafka, cut } = kafkaClient(options)
  const admin = kafka.admin()
  try {
    await admin.connect()
    const names = topics.map((topic) => `${topicPrefix}${topic}`)
    // The ends first: what is committed meanwhile can only make it less. One topic after the other:
    // of several at once kafkajs may forget one, when brokers answer in another order.
    const ends: Awaited<ReturnType<typeof admin.fetchTopicOffsets>>[] = []
    for (const name of names) ends.push(await admin.fetchTopicOffsets(name))
    const groupId = `${topicPrefix}${group}`
    const handled = await admin.fetchOffsets({ groupId, topics: names })
    return names.reduce((total, name, at) => {
      const committed = handled.find(({ topic }) => topic === name)?.partitions ?? []
      return (ends[at] ?? []).reduce((sum, { partition, low, high }) => {
        const next = committed.find((each) => each.partition === partition)?.offset ?? -1
        return sum + Math.max(0, Number(high) - Math.max(Number(low), Number(next)))
      }, total)
    }, 0)
  } finally {
    cut()
  }
}
