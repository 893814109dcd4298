import type { EachBatchPayload } from 'kafkajs'
import type { BatchHandler, Consumer } from '../ports.ts'
import { gather } from './gather.ts'
import { HEARTBEAT_MS, handlePayloads } from './handle-payloads.ts'
import { type KafkaClientOptions, kafkaClient } from './kafka-client.ts'
import { goodbye, type KafkaMemberOptions } from './kafka-member.ts'
import { keepJoining } from './keep-joining.ts'

export type KafkaConsumerOptions = KafkaClientOptions & KafkaMemberOptions

/** More workers than partitions, so that all that one fetch brought is handed over at once. */
const WORKERS = 256

/**
 * Reads from Kafka as a member of a group, for ever: whatever ends the membership, it joins again.
 * What one fetch brought from all its partitions is handed over together, in parts of at most
 * `batchSizeMax`, because large transactions are what makes a handler fast.
 */
export const kafkaConsumer = (options: KafkaConsumerOptions): Consumer =>
  keepJoining((handler, signal) => runMember(options, handler, signal), options)

/** One membership of the group: returns when `signal` aborts and throws when Kafka ends it. */
async function runMember(
  options: KafkaConsumerOptions,
  handler: BatchHandler,
  signal: AbortSignal,
): Promise<void> {
  const { group, topics, fromBeginning = true, topicPrefix = '' } = options
  const { sessionTimeoutMs = 10_000 } = options
  const { kafka, cut } = kafkaClient(options)
  const consumer = kafka.consumer({
    groupId: `${topicPrefix}${group}`,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.min(HEARTBEAT_MS, sessionTimeoutMs / 3),
    minBytes: 1,
    maxWaitTimeInMs: options.fetchWaitMs ?? 250,
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
    // kafkajs restarts after some crashes and not after others. We do after all, with a new one.
    retry: { restartOnFailure: async () => false },
  })
  const membership = new AbortController()
  const ended = Promise.withResolvers<void>()
  // It may fail before anybody waits for it.
  ended.promise.catch(() => undefined)
  consumer.on(consumer.events.CRASH, ({ payload }) => ended.reject(payload.error))
  const stop = () => ended.resolve()
  signal.addEventListener('abort', stop, { once: true })

  let handling: Promise<void> = Promise.resolve()
  const eachBatch = gather((payloads: EachBatchPayload[]) => {
    handling = handlePayloads({ ...options, payloads, handler, signal: membership.signal })
    return handling
  })
  const start = async () => {
    await consumer.connect()
    await consumer.subscribe({ topics: topics.map((t) => `${topicPrefix}${t}`), fromBeginning })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: WORKERS,
      eachBatch,
    })
  }

  try {
    start().catch(ended.reject)
    await ended.promise
  } finally {
    signal.removeEventListener('abort', stop)
    membership.abort()
    // Nothing else of this process may handle these partitions before this has finished.
    await handling.catch(() => undefined)
    await goodbye(() => consumer.disconnect())
    cut()
  }
}
