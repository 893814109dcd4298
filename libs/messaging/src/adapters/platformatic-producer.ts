import type { Message } from '@coffer/events/event'
import {
  compatibilityPartitioner,
  Producer as KafkaProducer,
  stringSerializers,
} from '@platformatic/kafka'
import type { Producer } from '../ports.ts'
import { KAFKA_REFUSALS } from './kafka-refusals.ts'
import {
  answerOf,
  cutPool,
  type PlatformaticClientOptions,
  platformaticSettings,
  redirected,
  withAnswer,
} from './platformatic-client.ts'
import { publishBySession, type Session } from './publish-by-session.ts'
import { requireAcknowledged } from './require-acknowledged.ts'

export type PlatformaticProducerOptions = PlatformaticClientOptions & {
  /** Put before every topic's name, so that tests can share a broker. */
  topicPrefix?: string
  /** A publish that waits longer for an answer fails, milliseconds. */
  publishTimeoutMs?: number
}

/**
 * Publishes to Kafka through @platformatic/kafka, idempotently and with acks of all in-sync
 * replicas, to the partitions that every other client of Kafka would choose.
 */
export function platformaticProducer(options: PlatformaticProducerOptions): Promise<Producer> {
  const { logger, publishTimeoutMs = 30_000 } = options
  const open = () => openSession(options)
  return publishBySession({ openSession: open, broker: 'Kafka', logger, publishTimeoutMs })
}

function openSession(options: PlatformaticProducerOptions): Session {
  const { topicPrefix = '' } = options
  const sentTo = new Map<string, Set<number>>()
  const producer = new KafkaProducer<string, string, string, string>({
    ...platformaticSettings(options, { retries: 4 }),
    idempotent: true,
    serializers: stringSerializers,
    // The broker gives up on its replicas before we give up on the broker.
    timeout: 8_000,
    // Its own default keeps the highest bit of the hash, and so differs from Kafka's own clients.
    partitioner: (message, key) => {
      const hash = compatibilityPartitioner(message as never, key)
      sentTo.get(message.topic)?.add(hash)
      return hash
    },
  })
  redirected(producer.connections, options)
  const ready = producer.initIdempotentProducer({})
  // Whoever sends first sees the failure; nobody may, if the process stops before.
  ready.catch(() => undefined)

  const placesSentTo = () =>
    new Set(
      [...sentTo].flatMap(([topic, hashes]) => {
        const partitions = producer.currentMetadata?.topics.get(topic)?.partitionsCount ?? 1
        return [...hashes].map((hash) => `${topic}/${hash % partitions}`)
      }),
    )

  return {
    ready,
    async send(messages) {
      await ready
      sentTo.clear()
      for (const { topic } of messages) sentTo.set(`${topicPrefix}${topic}`, new Set())
      try {
        const { offsets = [] } = await producer.send({
          messages: messages.map((message) => record(message, topicPrefix)),
        })
        const acknowledged = offsets.map(({ topic, partition }) => `${topic}/${partition}`)
        requireAcknowledged(placesSentTo(), new Set(acknowledged))
      } catch (error) {
        throw withAnswer(error)
      }
    },
    refusal(error) {
      const answer = String(answerOf(error)?.['apiId'])
      if (KAFKA_REFUSALS.has(answer)) return answer
      // What it learns from metadata it says in words alone.
      const isUnknown = error instanceof Error && error.message.startsWith('Unknown topic')
      return isUnknown ? 'UNKNOWN_TOPIC_OR_PARTITION' : undefined
    },
    cut() {
      cutPool(producer.connections)
      producer.close(true).catch(() => undefined)
    },
  }
}

const record = ({ topic, key, headers, value }: Message, topicPrefix: string) => ({
  topic: `${topicPrefix}${topic}`,
  key,
  headers,
  value,
})
