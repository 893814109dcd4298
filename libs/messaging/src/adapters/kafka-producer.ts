import type { Message } from '@coffer/events/event'
import {
  type ICustomPartitioner,
  type Producer as KafkaProducer,
  Partitioners,
  type RecordMetadata,
} from 'kafkajs'
import type { Producer } from '../ports.ts'
import { type KafkaClientOptions, kafkaClient } from './kafka-client.ts'
import { KAFKA_REFUSALS } from './kafka-refusals.ts'
import { publishBySession, type Session } from './publish-by-session.ts'
import { requireAcknowledged } from './require-acknowledged.ts'

export type KafkaProducerOptions = KafkaClientOptions & {
  /** Put before every topic's name, so that tests can share a broker. */
  topicPrefix?: string
  /** A publish that waits longer for an answer fails, milliseconds. */
  publishTimeoutMs?: number
}

/**
 * Publishes to Kafka, idempotently and with acks of all in-sync replicas. While the brokers are
 * away `publish` throws `PublishError` in bounded time; once they are back it works again.
 */
export function kafkaProducer(options: KafkaProducerOptions): Promise<Producer> {
  const { logger, publishTimeoutMs = 30_000 } = options
  const open = () => openSession(options)
  return publishBySession({ openSession: open, broker: 'Kafka', logger, publishTimeoutMs })
}

function openSession(options: KafkaProducerOptions): Session {
  const { topicPrefix = '' } = options
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
    refusal,
    async send(messages) {
      await ready
      sentTo = new Set()
      const acknowledged = await sendAll(producer, messages, topicPrefix)
      requireAcknowledged(sentTo, placesOf(acknowledged))
    },
  }
}

/** The refusal in the chain of causes, since kafkajs wraps what it has tried in vain. */
function refusal(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const type = 'type' in current ? current.type : undefined
    if (typeof type === 'string' && KAFKA_REFUSALS.has(type)) return type
  }
  return undefined
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

/** Kafka's own choice of partition (murmur2 of the key), noted so that each is seen to answer. */
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

const placesOf = (acknowledged: readonly RecordMetadata[]): Set<string> =>
  new Set(
    acknowledged
      .filter(({ errorCode }) => errorCode === 0)
      .map(({ topicName, partition }) => `${topicName}/${partition}`),
  )
