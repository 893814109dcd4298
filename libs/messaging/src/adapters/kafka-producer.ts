import { AppError, describeError } from '@coffer/errors/app-error'
import type { Message } from '@coffer/events/event'
import {
  type ICustomPartitioner,
  type Producer as KafkaProducer,
  Partitioners,
  type RecordMetadata,
} from 'kafkajs'
import { MESSAGE_BYTES_MAX, messageBytes } from '../outbox.ts'
import type { Producer } from '../ports.ts'
import { type KafkaClientOptions, kafkaClient } from './kafka-client.ts'

export type KafkaProducerOptions = KafkaClientOptions & {
  /** Put before every topic's name, so that tests can share a broker. */
  topicPrefix?: string
  /** A publish that takes longer fails, milliseconds. */
  publishTimeoutMs?: number
}

/**
 * Publishes to Kafka, idempotently and with acks of all in-sync replicas. While the brokers are
 * away `publish` throws {@link PublishError} in bounded time; once they are back it works again.
 */
export async function kafkaProducer(options: KafkaProducerOptions): Promise<Producer> {
  const { logger, topicPrefix = '', publishTimeoutMs = 30_000 } = options
  let session: Session | undefined
  let tail: Promise<unknown> = Promise.resolve()

  const publishNow = async (messages: readonly Message[]) => {
    try {
      session ??= openSession(options)
      for (const chunk of chunks(messages)) {
        await within(publishTimeoutMs, session.send(chunk, topicPrefix))
      }
    } catch (error) {
      // Whether the broker stored these is unknown, and so is the sequence number it expects next.
      session?.cut()
      session = undefined
      throw new PublishError({ messages, cause: error })
    }
  }

  try {
    session = openSession(options)
    await within(publishTimeoutMs, session.ready)
  } catch (error) {
    logger.warn({ error: describeError(error) }, 'Kafka is away; publishing will try again')
    session?.cut()
    session = undefined
  }

  return {
    publish(messages) {
      if (messages.length === 0) return Promise.resolve()
      // One at a time: when kafkajs sends two at once and the first fails, it gives its sequence
      // numbers to the second, which the broker may then drop as a repeat of the first.
      const published = tail.then(() => publishNow(messages))
      tail = published.catch(() => undefined)
      return published
    },
    async [Symbol.asyncDispose]() {
      await tail
      session?.cut()
      session = undefined
    },
  }
}

/** One producer id: its sequence numbers are good until its first failure. */
type Session = {
  ready: Promise<void>
  send(messages: readonly Message[], topicPrefix: string): Promise<void>
  cut(): void
}

function openSession(options: KafkaProducerOptions): Session {
  const { kafka, cut } = kafkaClient(options)
  let sentTo = new Set<string>()
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    // A leader that moved is learnt from an error; this is for partitions that come quietly.
    metadataMaxAge: 60_000,
    createPartitioner: recordingPartitioner((place) => sentTo.add(place)),
  })
  const ready = producer.connect()
  // Whoever sends first sees the failure; nobody may, if the process stops before.
  ready.catch(() => undefined)
  return {
    ready,
    cut,
    async send(messages, topicPrefix) {
      await ready
      sentTo = new Set()
      const acknowledged = await sendAll(producer, messages, topicPrefix)
      requireAll(sentTo, acknowledged)
    },
  }
}

function sendAll(
  producer: KafkaProducer,
  messages: readonly Message[],
  topicPrefix: string,
): Promise<RecordMetadata[]> {
  const byTopic = Map.groupBy(messages, ({ topic }) => `${topicPrefix}${topic}`)
  return producer.sendBatch({
    acks: -1,
    // The broker gives up on its replicas before we give up on the broker.
    timeout: 8_000,
    topicMessages: [...byTopic].map(([topic, group]) => ({
      topic,
      messages: group.map(({ key, headers, value }) => ({ key, headers: { ...headers }, value })),
    })),
  })
}

/** Kafka's own choice of partition (murmur2 of the key), noted for {@link requireAll}. */
const recordingPartitioner =
  (note: (place: string) => void): ICustomPartitioner =>
  () => {
    const choose = Partitioners.DefaultPartitioner()
    return (given) => {
      const partition = choose(given)
      note(`${given.topic}/${partition}`)
      return partition
    }
  }

/**
 * When a leader moves to a broker that has already answered, kafkajs skips the moved partition in
 * its retry and reports success. So every partition that got a message must have acknowledged it.
 */
function requireAll(sentTo: ReadonlySet<string>, acknowledged: readonly RecordMetadata[]): void {
  const places = new Set(
    acknowledged
      .filter(({ errorCode }) => errorCode === 0)
      .map(({ topicName, partition }) => `${topicName}/${partition}`),
  )
  const missing = [...sentTo].filter((place) => !places.has(place))
  if (missing.length > 0) throw new Error(`no acknowledgement from ${missing.join(', ')}`)
}

/**
 * Parts of `messages` that no broker refuses for their size: kafkajs makes one record batch of all
 * that a send brings to a partition, and the limit is the record batch's.
 */
function* chunks(messages: readonly Message[]): Generator<readonly Message[]> {
  /** Offsets, lengths and timestamps that go with each record. */
  const overhead = 64
  let chunk: Message[] = []
  let bytes = 0
  for (const message of messages) {
    const size = messageBytes(message) + overhead
    if (chunk.length > 0 && bytes + size > MESSAGE_BYTES_MAX) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(message)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`no answer within ${timeoutMs} ms`)),
    timeoutMs,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Kafka did not acknowledge these messages; any of them may have been stored. Publish again. */
export class PublishError extends AppError {
  readonly code = 'PUBLISH'

  constructor({ messages, cause }: { messages: readonly Message[]; cause: unknown }) {
    const topics = [...new Set(messages.map(({ topic }) => topic))]
    super(`Kafka did not acknowledge ${messages.length} messages for ${topics.join(', ')}`, {
      retry: 'retry',
      details: { topics, count: messages.length },
      cause,
    })
  }
}
