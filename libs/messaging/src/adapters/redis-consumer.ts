import { randomUUID } from 'node:crypto'
import { pause } from '@coffer/runtime/backoff'
import type { Redis } from 'ioredis'
import type { BatchHandler, Consumer, ConsumerOptions, Delivery } from '../ports.ts'
import { handleFetched } from './handle-fetched.ts'
import { holdLeases, renewEveryMs } from './hold-leases.ts'
import { keepJoining } from './keep-joining.ts'
import { type RedisClientOptions, redisClient } from './redis-client.ts'
import { LeaseLostError, type RedisLeases, redisLeases } from './redis-leases.ts'
import {
  acknowledge,
  claimPending,
  type Entry,
  ensureGroup,
  readEntry,
  type StreamPlace,
  type StreamReader,
  takeNew,
  waitForNew,
} from './redis-streams.ts'
import { redisTopic, streamKey } from './redis-topics.ts'
import { trimStream } from './trim-stream.ts'

export type RedisConsumerOptions = RedisClientOptions &
  ConsumerOptions & {
    /** Where a group that has read nothing yet begins: at the first message, or the next. */
    fromBeginning?: boolean
    /** Called after the handler has succeeded and before its deliveries are acknowledged. */
    onHandled?: () => void
    /** A member that says nothing for so long loses its partitions to others, milliseconds. */
    sessionTimeoutMs?: number
    /** How long Redis holds a read when there is nothing new, milliseconds. */
    fetchWaitMs?: number
  }

/** How long a consumer that stops may take to say goodbye to its group, milliseconds. */
const GOODBYE_MS = 3_000

/** So often it is looked what can be cut off a stream, milliseconds. */
const TRIM_EVERY_MS = 60_000

/**
 * Reads Redis Streams as a member of a group, for ever: whatever ends the membership, it joins
 * again. A stream is read by one member at a time, which first handles what its predecessor left.
 */
export const redisConsumer = (options: RedisConsumerOptions): Consumer =>
  keepJoining((handler, signal) => runMember(options, handler, signal), options)

type Streams = ReadonlyMap<string, StreamPlace & { retentionMs: number }>

/** One membership: its connections, its leases, and what it knows of its streams. */
type Membership = {
  options: RedisConsumerOptions & { sessionTimeoutMs: number }
  reader: StreamReader
  /** A connection that may wait. */
  waiting: Redis
  leases: RedisLeases
  streams: Streams
  handler: BatchHandler
  signal: AbortSignal
}

async function runMember(
  given: RedisConsumerOptions,
  handler: BatchHandler,
  signal: AbortSignal,
): Promise<void> {
  const options = { sessionTimeoutMs: 10_000, ...given }
  const [redis, waiting] = [redisClient(options), redisClient(options)]
  const member = `${options.clientId}-${randomUUID()}`
  const group = `${options.topicPrefix ?? ''}${options.group}`
  try {
    await Promise.all([redis.connect(), waiting.connect()])
    const streams = await openStreams(redis, options, group)
    const shared = { redis, group, member, sessionTimeoutMs: options.sessionTimeoutMs }
    const leases = redisLeases({ ...shared, streams: [...streams.keys()] })
    const reader = { redis, group, member, leaseKey: leases.key }
    try {
      await readShare({ options, reader, waiting, leases, streams, handler, signal })
    } finally {
      await goodbye(leases)
    }
  } finally {
    redis.disconnect()
    waiting.disconnect()
  }
}

/** The streams of all topics; the group begins in those where it hasn't yet. */
async function openStreams(
  redis: Redis,
  { topics, topicPrefix = '', fromBeginning = true }: RedisConsumerOptions,
  group: string,
): Promise<Streams> {
  const streams = new Map<string, StreamPlace & { retentionMs: number }>()
  for (const topic of topics) {
    const { partitions, retentionMs } = await redisTopic(redis, `${topicPrefix}${topic}`)
    for (let partition = 0; partition < partitions; partition += 1) {
      const stream = streamKey(`${topicPrefix}${topic}`, partition)
      await ensureGroup(redis, { stream, group, fromBeginning })
      streams.set(stream, { topic, partition, retentionMs })
    }
  }
  return streams
}

/** Reads the streams that are this member's, until stopped; throws when Redis is away. */
async function readShare(membership: Membership): Promise<void> {
  const { options, leases, signal } = membership
  /** The last id given of each stream whose pending entries are no more than this member has. */
  const lastIds = new Map<string, string>()
  let trimmedAt = performance.now()
  while (!signal.aborted) {
    const { mine, toRelease } = await leases.renew()
    await leases.release(toRelease)
    for (const stream of lastIds.keys()) if (!mine.includes(stream)) lastIds.delete(stream)
    if (mine.length === 0) {
      await pause(renewEveryMs(options.sessionTimeoutMs), signal)
      continue
    }
    const deliveries = await readMore(membership, mine, lastIds)
    // What was not handed over any more is pending: whoever reads on begins with it.
    if (!(await handleAll(membership, mine, deliveries))) lastIds.clear()
    if (performance.now() - trimmedAt > TRIM_EVERY_MS) {
      trimmedAt = performance.now()
      await trimAll(membership, mine)
    }
  }
}

/** What waits: first what is pending where this member has just come, then what is new. */
async function readMore(
  { options, reader, waiting, streams }: Membership,
  mine: readonly string[],
  lastIds: Map<string, string>,
): Promise<Delivery[]> {
  const read = (stream: string, entries: readonly Entry[]) => {
    const place = streams.get(stream)
    return place ? entries.map((entry) => readEntry(entry, place)) : []
  }
  const pending: Delivery[] = []
  for (const stream of mine) {
    if (lastIds.has(stream)) continue
    const { entries, lastId } = await claimPending(reader, stream)
    pending.push(...read(stream, entries))
    lastIds.set(stream, lastId)
  }
  if (pending.length > 0) return pending
  await waitForNew(waiting, lastIds, options.fetchWaitMs ?? 250)
  const taken = await takeNew(reader, { streams: mine, countMax: options.batchSizeMax })
  for (const [stream, entries] of taken) lastIds.set(stream, entries.at(-1)?.[0] ?? '0-0')
  return taken.flatMap(([stream, entries]) => read(stream, entries))
}

/** Hands over; false when it stopped early, because a stream is to go to another member. */
async function handleAll(
  membership: Membership,
  mine: readonly string[],
  deliveries: readonly Delivery[],
): Promise<boolean> {
  if (deliveries.length === 0) return true
  const { options, reader, leases, handler, signal } = membership
  const { topicPrefix = '', sessionTimeoutMs } = options
  const commit = async (handled: readonly Delivery[]) => {
    const byStream = Map.groupBy(handled, ({ topic, partition }) =>
      streamKey(`${topicPrefix}${topic}`, partition),
    )
    const acknowledged = await Promise.all(
      [...byStream].map(([stream, all]) =>
        acknowledge(reader, { stream, offsets: all.map(({ offset }) => offset) }),
      ),
    )
    if (acknowledged.includes(false)) throw new LeaseLostError()
  }
  const held = holdLeases(leases, mine, sessionTimeoutMs)
  const early = AbortSignal.any([signal, held.due])
  try {
    await handleFetched({ ...options, deliveries, handler, commit, lost: held.lost, signal: early })
  } finally {
    held.stop()
  }
  return !held.due.aborted
}

async function trimAll({ reader, streams }: Membership, mine: readonly string[]): Promise<void> {
  for (const stream of mine) {
    const olderThanMs = streams.get(stream)?.retentionMs ?? -1
    if (olderThanMs >= 0) await trimStream(reader.redis, stream, olderThanMs)
  }
}

/** Lets others take over at once, unless Redis is too slow for it. */
async function goodbye(leases: RedisLeases): Promise<void> {
  const waiting = new AbortController()
  const left = leases
    .leave()
    .catch(() => undefined)
    .finally(() => waiting.abort())
  await Promise.race([left, pause(GOODBYE_MS, waiting.signal)])
}
