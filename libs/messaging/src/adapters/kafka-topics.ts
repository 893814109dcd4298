import { AppError } from '@coffer/errors/app-error'
import { deadLetterTopic, type Topic } from '@coffer/events/topics'
import { pause } from '@coffer/runtime/backoff'
import { type Logger, silentLogger } from '@coffer/telemetry/logger'
import type { Admin, ITopicConfig, PartitionMetadata } from 'kafkajs'
import type { TopicCopies } from '../topic-settings.ts'
import { kafkaClient } from './kafka-client.ts'
import { TopicPartitionsError } from './topic-partitions-error.ts'

export type EnsureTopicsOptions = TopicCopies & {
  brokers: readonly string[]
  topics: readonly Topic[]
  /** Put before every topic's name, so that tests can share a broker. */
  topicPrefix?: string
  /** How long to wait until every partition has a leader, milliseconds. */
  timeoutMs?: number
  logger?: Logger
}

/** Dead letters carry a message of the largest size and say what was wrong with it besides. */
const DEAD_LETTER_BYTES_MAX = 2 * 1024 * 1024

/** What Kafka takes for "as many as the brokers are configured to". */
const AS_CONFIGURED = -1

/**
 * Creates the topics that are missing and returns when each partition has a leader. Never changes a
 * topic that exists: one with another number of partitions is a {@link TopicPartitionsError}.
 */
export async function ensureTopics(options: EnsureTopicsOptions): Promise<void> {
  const { brokers, logger = silentLogger, timeoutMs = 30_000, topicPrefix = '' } = options
  const { kafka, cut } = kafkaClient({ brokers, clientId: 'coffer-topics', logger })
  const admin = kafka.admin()
  try {
    await admin.connect()
    const existing = new Set(await admin.listTopics())
    const missing = topicConfigs(options).filter(({ topic }) => !existing.has(topic))
    if (missing.length > 0) await createTopics(admin, missing, options.replicationFactor)
    const wanted = options.topics.map((topic) => ({ ...topic, name: topicPrefix + topic.name }))
    await waitForLeaders(admin, wanted, timeoutMs)
  } finally {
    cut()
  }
}

/** Creates `missing`; another process may be creating them at the same time. */
async function createTopics(
  admin: Admin,
  missing: ITopicConfig[],
  copies = AS_CONFIGURED,
): Promise<void> {
  try {
    await admin.createTopics({ topics: missing, waitForLeaders: false })
  } catch (error) {
    const errors = error instanceof AggregateError ? error.errors : reasonsOf(error)
    if (errors.some(({ type }) => type === 'INVALID_REPLICATION_FACTOR')) {
      const { brokers } = await admin.describeCluster()
      throw new TopicCopiesError({ copies, brokers: brokers.length })
    }
    if (!errors.every((each) => each.type === 'TOPIC_ALREADY_EXISTS')) throw error
  }
}

/** The errors by topic that kafkajs bundles in its own kind of aggregate. */
function reasonsOf(error: unknown): readonly { type?: unknown }[] {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
    ? error.errors
    : [{}]
}

function topicConfigs(options: EnsureTopicsOptions): ITopicConfig[] {
  const { topics, minInsyncReplicas, topicPrefix = '' } = options
  const { replicationFactor = AS_CONFIGURED } = options
  const deadLetterTopics = new Set(topics.map(({ name }) => deadLetterTopic(name)))
  return topics.map(({ name, partitions, retentionMs }) => ({
    topic: topicPrefix + name,
    numPartitions: partitions,
    replicationFactor,
    configEntries: [
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'retention.ms', value: `${retentionMs}` },
      // A replica that has fallen behind would become the leader and what it lacks be lost.
      { name: 'unclean.leader.election.enable', value: 'false' },
      ...(minInsyncReplicas === undefined
        ? []
        : [{ name: 'min.insync.replicas', value: `${minInsyncReplicas}` }]),
      ...(deadLetterTopics.has(name)
        ? [{ name: 'max.message.bytes', value: `${DEAD_LETTER_BYTES_MAX}` }]
        : []),
    ],
  }))
}

async function waitForLeaders(admin: Admin, wanted: readonly Topic[], timeoutMs: number) {
  const deadline = AbortSignal.timeout(timeoutMs)
  for (;;) {
    const found = await describe(admin, wanted)
    for (const topic of wanted) {
      const count = found.get(topic.name)?.length
      if (count !== undefined && count > 0 && count !== topic.partitions) {
        throw new TopicPartitionsError({
          topic: topic.name,
          found: count,
          expected: topic.partitions,
        })
      }
    }
    const waiting = wanted.filter(
      ({ name }) =>
        !found.get(name)?.every(({ leader }) => leader >= 0) || !found.get(name)?.length,
    )
    if (waiting.length === 0) return
    if (deadline.aborted) throw new TopicLeadersError(waiting.map(({ name }) => name))
    await pause(100, deadline)
  }
}

/** What the cluster knows of the topics; nothing while it is still spreading the word. */
async function describe(
  admin: Admin,
  wanted: readonly Topic[],
): Promise<Map<string, PartitionMetadata[]>> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: wanted.map(({ name }) => name) })
    return new Map(topics.map(({ name, partitions }) => [name, partitions]))
  } catch (error) {
    if (error instanceof Error && 'retriable' in error && error.retriable) return new Map()
    throw error
  }
}

/** Partitions stayed without a leader: too few brokers are up for the replication asked for. */
export class TopicLeadersError extends AppError {
  readonly code = 'TOPIC_LEADERS'

  constructor(topics: readonly string[]) {
    super(
      `No leader for partitions of ${topics.join(', ')}. Expected every broker to be up: start ` +
        'the missing ones and try again.',
      { retry: 'retry', details: { topics } },
    )
  }
}

/** More copies were asked for than there are brokers to have them. */
export class TopicCopiesError extends AppError {
  readonly code = 'TOPIC_COPIES'

  constructor({ copies, brokers }: { copies: number; brokers: number }) {
    const asked =
      copies === AS_CONFIGURED ? 'as many brokers as is configured' : `${copies} brokers`
    super(
      `Expected ${asked} to keep each topic, but only ${brokers} are up. Start the missing ones ` +
        'and try again; if there are no more, set REPLICATION_FACTOR to what there is.',
      { retry: 'retry', details: { copies, brokers } },
    )
  }
}
