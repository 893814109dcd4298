import type { Topic } from '@coffer/events/topics'
import type { MessagingConfig } from './messaging-settings.ts'
import type { TopicCopies } from './topic-settings.ts'

export type EnsureMessagingTopicsOptions = TopicCopies & {
  messaging: MessagingConfig
  topics: readonly Topic[]
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
