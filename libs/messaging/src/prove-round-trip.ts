import { randomUUID } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'
import type { Logger } from '@coffer/telemetry/logger'
import { ensureMessagingTopics } from './ensure-messaging-topics.ts'
import type { BrokerConfig } from './messaging-settings.ts'
import { openMessaging } from './open-messaging.ts'
import type { TopicCopies } from './topic-settings.ts'

export type ProveRoundTripOptions = TopicCopies & {
  messaging: BrokerConfig
  logger: Logger
  /** How long the message may take, milliseconds. */
  timeoutMs?: number
}

export type RoundTrip = {
  /** A topic that was made for it, and is gone. */
  topic: string
  /** Until it was acknowledged, and until it was read, milliseconds. */
  publishedMs: number
  readMs: number
}

/** What is left behind if nobody removes the topic is not kept for long. */
const RETENTION_MS = 3_600_000

/**
 * Proves that the broker carries messages: publishes one to a topic of its own, reads it as a
 * consumer does, and removes the topic, also where that fails. Throws {@link RoundTripError}.
 */
export async function proveRoundTrip(options: ProveRoundTripOptions): Promise<RoundTrip> {
  const { messaging, logger, timeoutMs = 30_000 } = options
  const topic = `coffer-test-${randomUUID()}`
  const topics = [{ name: topic, partitions: 1, retentionMs: RETENTION_MS }]
  await ensureMessagingTopics({ ...options, topics })
  try {
    return await sendOne(topic, { messaging, logger, timeoutMs })
  } finally {
    await removeTopic(topic, messaging)
  }
}

async function sendOne(
  topic: string,
  { messaging, logger, timeoutMs }: Required<Omit<ProveRoundTripOptions, keyof TopicCopies>>,
): Promise<RoundTrip> {
  const { producer: openProducer, consumer } = await openMessaging({
    ...{ ...messaging, clientId: 'coffer-test', logger },
  })
  await using producer = await openProducer()
  const value = randomUUID()
  const startedMs = performance.now()
  await producer.publish([{ topic, key: 'test', headers: { ce_id: value }, value }])
  const publishedMs = performance.now() - startedMs
  const reading = new AbortController()
  let isRead = false
  const member = consumer({ group: topic, topics: [topic], batchSizeMax: 1 })
  await member.run(
    async ([delivery]) => {
      isRead ||= delivery?.value === value
      reading.abort()
    },
    AbortSignal.any([reading.signal, AbortSignal.timeout(timeoutMs)]),
  )
  if (!isRead) throw new RoundTripError(topic, timeoutMs)
  return { topic, publishedMs, readMs: performance.now() - startedMs }
}

async function removeTopic(topic: string, messaging: BrokerConfig): Promise<void> {
  if (messaging.kind === 'kafka') {
    const { removeKafkaTopic } = await import('./adapters/remove-kafka-topic.ts')
    await removeKafkaTopic({ ...messaging, topic })
  }
  if (messaging.kind === 'redis') {
    const { removeRedisTopic } = await import('./adapters/remove-redis-topic.ts')
    await removeRedisTopic({ ...messaging, topic })
  }
}

/** A message was acknowledged, and did not come. */
export class RoundTripError extends AppError {
  readonly code = 'ROUND_TRIP'

  constructor(topic: string, timeoutMs: number) {
    super(
      `A message on ${topic} was acknowledged, and not read within ${timeoutMs} ms. Look whether ` +
        'all brokers are up, and what their logs say of the group of this name.',
      { retry: 'retry', details: { topic, timeoutMs } },
    )
  }
}
