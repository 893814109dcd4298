import type { Topic } from '@coffer/events/topics'
import type { MessagingConfig } from './messaging-settings.ts'

export type EnsureMessagingTopicsOptions = {
  messaging: MessagingConfig
  topics: readonly Topic[]
  /** On how many brokers of Kafka each message is kept. */
  replicationFactor: number
  /** How many of them must have a message before it counts as published. */
  minInsyncReplicas?: number
  /** How long Redis keeps what every group has handled, milliseconds; else as the topics say. */
  redisKeepMs?: number | undefined
}

/** Creates the topics that are missing, and during a move at both brokers. Safe to repeat. */
export async function ensureMessagingTopics(options: EnsureMessagingTopicsOptions): Promise<void> {
  const { messaging, topics, redisKeepMs } = options
  const { before } = messaging
  if (messaging.kind === 'kafka') {
    const { ensureTopics } = await import('./adapters/kafka-topics.ts')
    await ensureTopics({ ...options, ...messaging })
  }
  if (messaging.kind === 'redis') {
    const { ensureRedisTopics } = await import('./adapters/redis-topics.ts')
    const kept = topics.map((topic) => ({
      ...topic,
      retentionMs: redisKeepMs ?? topic.retentionMs,
    }))
    await ensureRedisTopics({ ...messaging, topics: kept })
  }
  if (before) await ensureMessagingTopics({ ...options, messaging: before })
}
