import { pause } from '@coffer/runtime/backoff'
import { Consumer as KafkaConsumer } from '@platformatic/kafka'
import type { BatchHandler, Delivery, Extent, TopicLog } from '../ports.ts'
import {
  cutPool,
  type PlatformaticClientOptions,
  platformaticSettings,
  withAnswer,
} from './platformatic-client.ts'
import { fetchPartitions, type Position } from './platformatic-fetch.ts'

export type KafkaTopicLogOptions = Omit<PlatformaticClientOptions, 'reach'> & {
  /** Put before the names of topics, so that tests can share a broker. */
  topicPrefix?: string
}

type Client = KafkaConsumer<Buffer, Buffer, Buffer, Buffer>

/** What Kafka takes for "the first message there is" and "the next that comes". */
const EARLIEST = -2n
const LATEST = -1n

/** How long a reader of partitions that are done looks away from those that are not, ms. */
const DONE_MS = 50

/** Reads topics of Kafka from beginning to end, as a member of no group. */
export function kafkaTopicLog(options: KafkaTopicLogOptions): TopicLog {
  const { topicPrefix = '' } = options
  const settings = platformaticSettings(options, { retries: 5 })
  // Its group is never joined; the client wants a name all the same.
  const client: Client = new KafkaConsumer({ ...settings, groupId: `${topicPrefix}topic-log` })
  return {
    async extents(topic) {
      const name = `${topicPrefix}${topic}`
      const { topics } = await client.metadata({ topics: [name], forceUpdate: true })
      const partitions = [...Array(topics.get(name)?.partitionsCount ?? 0).keys()]
      const offsets = async (timestamp: bigint) => {
        const request = { topics: [name], partitions: { [name]: partitions }, timestamp }
        return (await client.listOffsets(request)).get(name) ?? []
      }
      const [firsts, ends] = [await offsets(EARLIEST), await offsets(LATEST)]
      return partitions.map((partition) => {
        return { partition, first: firsts[partition] ?? 0n, end: ends[partition] ?? 0n }
      })
    },
    read: (topic, extents, handler) => readExtents({ options, client, topic, extents, handler }),
    async [Symbol.asyncDispose]() {
      cutPool(client.connections)
      await client.close(true).catch(() => undefined)
    },
  }
}

type Reading = {
  options: KafkaTopicLogOptions
  client: Client
  topic: string
  extents: readonly Extent[]
  handler: BatchHandler
}

async function readExtents({ options, client, topic, extents, handler }: Reading): Promise<void> {
  const { topicPrefix = '', logger } = options
  const ends = new Map(extents.map(({ partition, end }) => [partition, end]))
  const isBefore = (partition: number, offset: bigint) => offset < (ends.get(partition) ?? 0n)
  const positions: Position[] = extents
    .filter(({ first, end }) => first < end)
    .map(({ partition, first }) => ({ topic: `${topicPrefix}${topic}`, partition, next: first }))
  const over = new AbortController()
  const isDone = () => positions.every(({ partition, next }) => !isBefore(partition, next))
  if (isDone()) return
  let handling: Promise<void> = Promise.resolve()
  let failure: { error: unknown } | undefined
  const give = async (fetched: readonly Delivery[]) => {
    const wanted = fetched.filter(({ partition, offset }) => isBefore(partition, BigInt(offset)))
    if (wanted.length === 0 || failure) return
    // Leaders are read side by side, and what they bring is handled one after the other.
    handling = handling
      .then(() => handler(wanted))
      .catch((error: unknown) => {
        failure ??= { error }
        over.abort()
      })
    await handling
  }
  const fetch: Client['fetch'] = async (request: Parameters<Client['fetch']>[0]) => {
    const topics = request.topics.filter(({ partitions }) =>
      partitions.some((each) => isBefore(each.partition, each.fetchOffset)),
    )
    if (isDone()) over.abort()
    else if (topics.length > 0) return await client.fetch({ ...request, topics })
    else await pause(DONE_MS, over.signal)
    return { throttleTimeMs: 0, errorCode: 0, sessionId: 0, responses: [], nodeEndpoints: [] }
  }
  const reader = {
    metadata: client.metadata.bind(client),
    listOffsets: client.listOffsets.bind(client),
    fetch,
  } as Pick<Client, 'metadata' | 'fetch' | 'listOffsets'>
  const signal = over.signal
  const fetching = {
    client: reader,
    positions,
    give,
    fetchWaitMs: 250,
    topicPrefix,
    logger,
    signal,
  }
  await fetchPartitions(fetching).catch((error: unknown) => {
    throw withAnswer(error)
  })
  await handling
  if (failure) throw failure.error
}
