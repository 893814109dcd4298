import { pause } from '@coffer/runtime/backoff'
import { Consumer as KafkaConsumer } from '@platformatic/kafka'
import type { Extent, RawPage, TopicLog } from '../ports.ts'
import { emptyMessage } from '../raw-message.ts'
import {
  cutPool,
  type PlatformaticClientOptions,
  platformaticPool,
  platformaticSettings,
  withAnswer,
} from './platformatic-client.ts'
import {
  type FetchRequest,
  type FindPosition,
  fetchPages,
  type Position,
} from './platformatic-fetch.ts'
import { type RawFetchResponse, rawFetch } from './raw-fetch.ts'
import { offsetBehind, type RecordBatches, tellRecords } from './record-batches.ts'

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

/** A broker that takes longer to answer a fetch is as good as away, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000

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
  handler: (page: RawPage) => Promise<void>
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
  const give = async (batches: readonly RecordBatches[]) => {
    if (failure) return
    // Leaders are read side by side, and what they bring is handled one after the other.
    handling = handling
      .then(() => handler(pageOf(batches)))
      .catch((error: unknown) => {
        failure ??= { error }
        over.abort()
      })
    await handling
  }
  const pool = platformaticPool(options, REQUEST_TIMEOUT_MS)
  const fetchBytes = rawFetch(client, pool)
  const fetch = async (request: FetchRequest): Promise<RawFetchResponse> => {
    const topics = request.topics.filter(({ partitions }) =>
      partitions.some((each) => isBefore(each.partition, each.fetchOffset)),
    )
    if (isDone()) over.abort()
    else if (topics.length > 0) return await fetchBytes({ ...request, topics })
    else await pause(DONE_MS, over.signal)
    return { responses: [] }
  }
  const read = (response: RawFetchResponse, find: FindPosition) => {
    const batches = batchesOf(response, { find, ends })
    return batches.length === 0 ? undefined : batches
  }
  const reader = {
    metadata: client.metadata.bind(client),
    listOffsets: client.listOffsets.bind(client),
    fetch,
  }
  const signal = over.signal
  const fetching = { client: reader, read, positions, give, fetchWaitMs: 250, logger, signal }
  try {
    await fetchPages(fetching).catch((error: unknown) => {
      throw withAnswer(error)
    })
  } finally {
    cutPool(pool)
  }
  await handling
  if (failure) throw failure.error
}

type Reach = { find: FindPosition; ends: ReadonlyMap<number, bigint> }

/** What a fetch brought of each partition; moves the positions behind it. */
function batchesOf({ responses }: RawFetchResponse, { find, ends }: Reach): RecordBatches[] {
  const batches: RecordBatches[] = []
  for (const { topicId, partitions } of responses) {
    for (const { partitionIndex: partition, bytes } of partitions) {
      const position = find(topicId, partition)
      const behind = offsetBehind(bytes)
      if (position === undefined || behind === undefined || behind <= position.next) continue
      // A fetch brings whole batches, also when it begins or ends inside one.
      const to = Number(ends.get(partition) ?? 0n)
      batches.push({ partition, bytes, from: Number(position.next), to })
      position.next = behind
    }
  }
  return batches
}

const pageOf = (batches: readonly RecordBatches[]): RawPage => ({
  tell(visit) {
    const message = emptyMessage()
    for (const each of batches) tellRecords(each, message, visit)
  },
})
