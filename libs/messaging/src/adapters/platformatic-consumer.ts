import { Consumer as KafkaConsumer } from '@platformatic/kafka'
import type { BatchHandler, Consumer, Delivery } from '../ports.ts'
import { gather } from './gather.ts'
import { handleFetched } from './handle-fetched.ts'
import { goodbye, type KafkaMemberOptions } from './kafka-member.ts'
import { keepJoining } from './keep-joining.ts'
import {
  answerOf,
  cutPool,
  type PlatformaticClientOptions,
  platformaticSettings,
  redirected,
  withAnswer,
} from './platformatic-client.ts'
import { fetchPartitions, type Position } from './platformatic-fetch.ts'
import { type Generation, type Offsets, platformaticGroup } from './platformatic-group.ts'

export type PlatformaticConsumerOptions = PlatformaticClientOptions & KafkaMemberOptions

/** What Kafka takes for "the first message there is" and "the next that comes". */
const EARLIEST = -2n
const LATEST = -1n

/**
 * Reads from Kafka through @platformatic/kafka, for ever and as a member of a group that members
 * with kafkajs may share. Fetches one batch ahead of the one that is being handled.
 */
export const platformaticConsumer = (options: PlatformaticConsumerOptions): Consumer =>
  keepJoining((handler, signal) => runMember(options, handler, signal), options)

type Client = KafkaConsumer<Buffer, Buffer, Buffer, Buffer>

async function runMember(
  options: PlatformaticConsumerOptions,
  handler: BatchHandler,
  signal: AbortSignal,
): Promise<void> {
  const { topicPrefix = '', sessionTimeoutMs = 10_000 } = options
  const topics = options.topics.map((topic) => `${topicPrefix}${topic}`)
  const groupId = `${topicPrefix}${options.group}`
  // What fails is tried again by those who know what for.
  const settings = platformaticSettings(options, { retries: 0 })
  const client: Client = new KafkaConsumer({ ...settings, groupId })
  redirected(client.connections, options)
  client.topics.trackAll(...topics)
  const group = platformaticGroup({ ...options, client, groupId, topics, sessionTimeoutMs })
  const stopped = Promise.withResolvers<'stopped'>()
  const stop = () => stopped.resolve('stopped')
  signal.addEventListener('abort', stop, { once: true })

  try {
    while (!signal.aborted) {
      const joining = group.join()
      joining.catch(() => undefined)
      const generation = await Promise.race([joining, stopped.promise])
      if (generation === 'stopped') break
      await readGeneration({ options, client, generation, handler, stopped: stopped.promise })
    }
  } catch (error) {
    throw withAnswer(error)
  } finally {
    signal.removeEventListener('abort', stop)
    await goodbye(() => group.leave())
    group.cut()
    cutPool(client.connections)
    client.close(true).catch(() => undefined)
  }
}

type Reading = {
  options: PlatformaticConsumerOptions
  client: Client
  generation: Generation
  handler: BatchHandler
  stopped: Promise<unknown>
}

/** Reads what this generation assigned until it is over, and then has nothing of it in hand. */
async function readGeneration(reading: Reading): Promise<void> {
  const { options, client, generation, handler, stopped } = reading
  const { topicPrefix = '', fetchWaitMs = 250, logger } = options
  const ended = Promise.withResolvers<never>()
  // It may fail before anybody waits for it.
  ended.promise.catch(() => undefined)
  const over = new AbortController()
  let handling: Promise<void> = Promise.resolve()
  const commit = (handled: readonly Delivery[]) =>
    generation.commit(offsetsOf(handled, topicPrefix))
  const give = gather(async (fetches: (readonly Delivery[])[]) => {
    if (over.signal.aborted) return
    const deliveries = fetches.flat()
    const { lost } = generation
    handling = handleFetched({ ...options, deliveries, handler, commit, lost, signal: over.signal })
    await handling.catch(ended.reject)
  })
  generation.lost.addEventListener('abort', () => ended.reject(generation.lost.reason))

  try {
    const positions = await positionsOf(reading)
    const fetching = fetchPartitions({
      ...{ client, positions, give, fetchWaitMs, topicPrefix, logger },
      signal: over.signal,
    })
    fetching.catch(ended.reject)
    await Promise.race([ended.promise, stopped])
  } catch (error) {
    if (answerOf(error)?.['apiId'] !== 'REBALANCE_IN_PROGRESS') throw error
  } finally {
    // Nothing else may handle these partitions before this has finished and was committed.
    over.abort()
    await handling.catch(() => undefined)
    generation.stop()
  }
}

async function positionsOf({ options, client, generation }: Reading): Promise<Position[]> {
  const { fromBeginning = true } = options
  const committed = await generation.committed()
  const positions: Position[] = []
  for (const { topic, partitions } of generation.assigned) {
    if (partitions.length === 0) continue
    const fresh = partitions.filter((each) => (committed.get(topic)?.get(each) ?? -1n) < 0n)
    const begin =
      fresh.length === 0
        ? undefined
        : await client.listOffsets({
            topics: [topic],
            partitions: { [topic]: fresh },
            timestamp: fromBeginning ? EARLIEST : LATEST,
          })
    for (const partition of partitions) {
      const known = committed.get(topic)?.get(partition) ?? -1n
      const next = known < 0n ? (begin?.get(topic)?.[partition] ?? 0n) : known
      positions.push({ topic, partition, next })
    }
  }
  return positions
}

/** The offsets behind `handled`, by partition, by topic. */
function offsetsOf(handled: readonly Delivery[], topicPrefix: string): Offsets {
  const offsets = new Map<string, Map<number, bigint>>()
  for (const { topic, partition, offset } of handled) {
    const name = `${topicPrefix}${topic}`
    const partitions = offsets.get(name) ?? new Map<number, bigint>()
    offsets.set(name, partitions.set(partition, BigInt(offset) + 1n))
  }
  return offsets
}
