import { describeError } from '@coffer/errors/app-error'
import { backoffMs, pause } from '@coffer/runtime/backoff'
import type { Logger } from '@coffer/telemetry/logger'
import { type Consumer, type fetchV17, ResponseError } from '@platformatic/kafka'
import type { Delivery } from '../ports.ts'
import { answerOf, withAnswer } from './platformatic-client.ts'

type FetchResponse = fetchV17.FetchResponse

/** One partition, and how far it was read. */
export type Position = { topic: string; partition: number; next: bigint }

export type FetchPagesOptions<Response, Page> = {
  client: Pick<Consumer, 'metadata' | 'listOffsets'> & {
    fetch(request: FetchRequest): Promise<Response>
  }
  /** Makes a page of what came, if it is one, and moves the positions behind it. */
  read(response: Response, find: FindPosition): Page | undefined
  /** The partitions to read; their positions move on as they are read. */
  positions: readonly Position[]
  /** Takes what one fetch brought; the next but one is fetched when it has resolved. */
  give(page: Page): Promise<void>
  fetchWaitMs: number
  logger: Logger
  signal: AbortSignal
}

export type FetchPartitionsOptions = Omit<
  FetchPagesOptions<FetchResponse, readonly Delivery[]>,
  'read'
> & { topicPrefix: string }

export type FetchRequest = {
  node: number
  topics: fetchV17.FetchRequestTopic[]
  minBytes: number
  maxBytes: number
  maxWaitTime: number
}

/** The position of a partition of the topic that has this id. */
export type FindPosition = (topicId: string, partition: number) => Position | undefined

const RETRY = { firstMs: 100, maxMs: 1_000 }

/** So often in a row a fetch may fail before the membership is given up. */
const FAILURES_MAX = 6

const FETCH_BYTES_MAX = 10 * 1024 * 1024
/** About as much as is handled at once, where one owner has most of what comes. */
const PARTITION_BYTES_MAX = 2 * 1024 * 1024

/** Set of records that tell of transactions and carry no message. */
export const CONTROL = 0b10_0000

/** Fetches messages as {@link fetchPages} does. */
export const fetchPartitions = (options: FetchPartitionsOptions): Promise<void> =>
  fetchPages({
    ...options,
    read: (response, find) => {
      const deliveries = readResponse(response, find, options.topicPrefix)
      return deliveries.length === 0 ? undefined : deliveries
    },
  })

/**
 * Fetches from the leader of each partition until `signal` aborts. A leader that moves or is away
 * for a moment is looked for again; throws when that takes too long.
 */
export async function fetchPages<Response, Page>(
  options: FetchPagesOptions<Response, Page>,
): Promise<void> {
  const { client, positions, logger, signal } = options
  const topics = [...new Set(positions.map(({ topic }) => topic))]
  for (let failures = 0; !signal.aborted; ) {
    const round = new AbortController()
    const onFetched = () => {
      failures = 0
    }
    try {
      const metadata = await client.metadata({ topics, forceUpdate: failures > 0 })
      const ids = new Map(topics.map((topic) => [topic, metadata.topics.get(topic)?.id ?? '']))
      const byLeader = Map.groupBy(
        positions,
        ({ topic, partition }) => metadata.topics.get(topic)?.partitions[partition]?.leader ?? -1,
      )
      const ending = AbortSignal.any([signal, round.signal])
      const reading = [...byLeader].map(([node, led]) =>
        fetchFrom({ ...options, node, ids, positions: led, signal: ending, onFetched }).finally(
          () => round.abort(),
        ),
      )
      const outcomes = await Promise.allSettled(reading)
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed) throw failed.reason
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      if (failures >= FAILURES_MAX) throw withAnswer(error)
      logger.debug({ error: describeError(withAnswer(error)) }, 'A fetch failed')
      await pause(backoffMs(failures, RETRY), signal)
    }
  }
}

type FetchFromOptions<Response, Page> = FetchPagesOptions<Response, Page> & {
  node: number
  /** Ids of topics by name. */
  ids: ReadonlyMap<string, string>
  onFetched: () => void
}

async function fetchFrom<Response, Page>(options: FetchFromOptions<Response, Page>): Promise<void> {
  const { client, node, ids, positions, read, give, signal, onFetched } = options
  const find: FindPosition = (topicId, partition) =>
    positions.find((each) => each.partition === partition && ids.get(each.topic) === topicId)
  let given: Promise<void> = Promise.resolve()
  while (!signal.aborted) {
    try {
      const response = await client.fetch({
        node,
        topics: positions.map(({ topic, partition, next }) => ({
          topicId: ids.get(topic) ?? '',
          partitions: [
            {
              partition,
              fetchOffset: next,
              partitionMaxBytes: PARTITION_BYTES_MAX,
              currentLeaderEpoch: -1,
              lastFetchedEpoch: -1,
            },
          ],
        })),
        minBytes: 1,
        maxBytes: FETCH_BYTES_MAX,
        maxWaitTime: options.fetchWaitMs,
      })
      onFetched()
      const page = read(response, find)
      if (page === undefined) continue
      // One fetch ahead of the one that is being handled, and no further.
      await given
      if (signal.aborted) return
      given = give(page)
    } catch (error) {
      if (!(await beginAgain(client, error, find))) throw error
    }
  }
}

/** Decodes what came, and moves the positions behind it. */
function readResponse(
  { responses }: FetchResponse,
  find: FindPosition,
  topicPrefix: string,
): Delivery[] {
  const deliveries: Delivery[] = []
  for (const { topicId, partitions } of responses) {
    for (const { partitionIndex, records } of partitions) {
      const position = find(topicId, partitionIndex)
      if (position === undefined) continue
      const topic = position.topic.slice(topicPrefix.length)
      for (const batch of records ?? []) {
        for (const record of (batch.attributes & CONTROL) === 0 ? batch.records : []) {
          const offset = batch.firstOffset + BigInt(record.offsetDelta)
          // A fetch brings whole record batches, also when it begins inside one.
          if (offset < position.next) continue
          const { key, headers, value } = record
          deliveries.push({
            topic,
            partition: partitionIndex,
            offset: offset.toString(),
            key: key?.toString() ?? '',
            headers: readHeaders(headers),
            value: value?.toString() ?? '',
          })
        }
        const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n
        if (end > position.next) position.next = end
      }
    }
  }
  return deliveries
}

/** Headers as text; of a name that occurs more than once, the last. */
function readHeaders(
  headers: readonly (readonly [Buffer | null, Buffer | null])[],
): Record<string, string> {
  const read: Record<string, string> = {}
  for (const [name, text] of headers) read[`${name}`] = `${text ?? ''}`
  return read
}

/**
 * Where a position no longer exists, as in a topic that was deleted and created again, or of which
 * the first messages were, begins with the first message there is. False when `error` is something
 * else.
 */
async function beginAgain(
  client: Pick<Consumer, 'listOffsets'>,
  error: unknown,
  find: FindPosition,
): Promise<boolean> {
  if (answerOf(error)?.['apiId'] !== 'OFFSET_OUT_OF_RANGE') return false
  const response = responseOf(error)
  let found = false
  for (const { topicId, partitions } of response?.responses ?? []) {
    for (const { partitionIndex, errorCode } of partitions) {
      const position = find(topicId, partitionIndex)
      if (errorCode !== OUT_OF_RANGE || position === undefined) continue
      // The answer does not always say where the log begins.
      const { topic } = position
      const asked = { topics: [topic], partitions: { [topic]: [partitionIndex] } }
      const begins = await client.listOffsets({ ...asked, timestamp: EARLIEST })
      position.next = begins.get(topic)?.[partitionIndex] ?? 0n
      found = true
    }
  }
  return found
}

/** What Kafka takes for "the first message there is". */
const EARLIEST = -2n
const OUT_OF_RANGE = 1

function responseOf(error: unknown): FetchResponse | undefined {
  if (error instanceof ResponseError && 'response' in error) return error.response as FetchResponse
  const inner: unknown[] = error instanceof AggregateError ? error.errors : []
  return inner.map(responseOf).find((each) => each !== undefined)
}
