import { Consumer as KafkaConsumer } from '@platformatic/kafka'
import type { Delivery, LogPlace, MessageLog } from '../ports.ts'
import { LogReadError } from './log-read-error.ts'
import {
  cutPool,
  type PlatformaticClientOptions,
  platformaticSettings,
  redirected,
  withAnswer,
} from './platformatic-client.ts'
import { fetchPartitions } from './platformatic-fetch.ts'

export type KafkaLogOptions = PlatformaticClientOptions & {
  /** Put before every topic's name, so that tests can share a broker. */
  topicPrefix?: string
  /** What takes longer has failed, milliseconds. */
  timeoutMs?: number
}

/** What Kafka calls the first offset that there is, and the one behind the last. */
const EARLIEST = -2n
const LATEST = -1n

/** How long a broker waits for more, milliseconds: what is asked for is there already. */
const FETCH_WAIT_MS = 20

/** Looks at what Kafka holds, by a client that joins no group. */
export function kafkaLog(options: KafkaLogOptions): MessageLog & AsyncDisposable {
  const { topicPrefix = '', timeoutMs = 15_000, clientId, logger } = options
  // It never joins this group, whose name the client demands.
  const groupId = `${topicPrefix}${clientId}-log`
  const client = new KafkaConsumer<Buffer, Buffer, Buffer, Buffer>({
    ...platformaticSettings(options, { retries: 2 }),
    groupId,
  })
  redirected(client.connections, options)

  const offsetsOf = async (topic: string, timestamp: bigint) =>
    (await client.listOffsets({ topics: [topic], timestamp })).get(topic) ?? []

  const readPlace = async ({ topic, partition, from, max }: LogPlace) => {
    const read = new AbortController()
    const late = AbortSignal.timeout(timeoutMs)
    let found: readonly Delivery[] = []
    const give = async (deliveries: readonly Delivery[]) => {
      if (!read.signal.aborted) found = deliveries.slice(0, max)
      read.abort()
    }
    await fetchPartitions({
      ...{ client, give, topicPrefix, logger, fetchWaitMs: FETCH_WAIT_MS },
      positions: [{ topic: `${topicPrefix}${topic}`, partition, next: from }],
      signal: AbortSignal.any([read.signal, late]),
    })
    if (found.length === 0) throw new Error(`nothing came within ${timeoutMs} ms`)
    return found
  }

  return {
    extents: (topic) =>
      orTell(topic, async () => {
        const name = `${topicPrefix}${topic}`
        const firsts = await offsetsOf(name, EARLIEST)
        const ends = await offsetsOf(name, LATEST)
        return ends.map((end, partition) => ({ partition, first: firsts[partition] ?? 0n, end }))
      }),
    read: (place) => orTell(place.topic, () => readPlace(place)),
    async [Symbol.asyncDispose]() {
      cutPool(client.connections)
      client.close(true).catch(() => undefined)
    },
  }
}

async function orTell<T>(topic: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new LogReadError(topic, withAnswer(error))
  }
}
