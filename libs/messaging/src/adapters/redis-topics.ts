import { AppError } from '@coffer/errors/app-error'
import type { Topic } from '@coffer/events/topics'
import { silentLogger } from '@coffer/telemetry/logger'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { redisClient } from './redis-client.ts'
import { TopicPartitionsError } from './topic-partitions-error.ts'

export type EnsureRedisTopicsOptions = {
  url: string
  topics: readonly Topic[]
  /** Put before every topic's name, so that tests can share a server. */
  topicPrefix?: string
}

/** A hash of what was promised of each topic, by its name. */
export const TOPICS_KEY = 'coffer:topics'

/** What may not differ between two processes, and how long is kept what all groups have read. */
export type RedisTopic = { partitions: number; retentionMs: number }

const topicSchema = z.object({ partitions: z.number(), retentionMs: z.number() })

/** The stream of one partition. */
export const streamKey = (topic: string, partition: number): string =>
  `coffer:stream:${topic}:${partition}`

/**
 * Makes the topics known that are not yet. Changes only how long one is kept: one with another
 * number of partitions is a {@link TopicPartitionsError}.
 */
export async function ensureRedisTopics(options: EnsureRedisTopicsOptions): Promise<void> {
  const { url, topics, topicPrefix = '' } = options
  const redis = redisClient({ url, clientId: 'coffer-topics', logger: silentLogger })
  try {
    await redis.connect()
    for (const { name, partitions, retentionMs } of topics) {
      const topic = `${topicPrefix}${name}`
      const wanted = JSON.stringify({ partitions, retentionMs } satisfies RedisTopic)
      await redis.hsetnx(TOPICS_KEY, topic, wanted)
      const found = await redisTopic(redis, topic)
      if (found.partitions !== partitions) {
        throw new TopicPartitionsError({ topic, found: found.partitions, expected: partitions })
      }
      if (found.retentionMs !== retentionMs) await redis.hset(TOPICS_KEY, topic, wanted)
    }
  } finally {
    redis.disconnect()
  }
}

/** What was promised of `topic`, its prefix included. Throws {@link TopicUnknownError}. */
export async function redisTopic(redis: Redis, topic: string): Promise<RedisTopic> {
  const found = await redis.hget(TOPICS_KEY, topic)
  if (found === null) throw new TopicUnknownError(topic)
  return topicSchema.parse(JSON.parse(found))
}

/**
 * Nobody has made this topic, or Redis has lost what it held. It is not made by itself: whoever
 * reads it might else take an emptied log for one in which nothing has happened.
 */
export class TopicUnknownError extends AppError {
  readonly code = 'TOPIC_UNKNOWN'

  constructor(topic: string) {
    super(
      `Redis knows no topic ${topic}. Expected it to be there: run \`coffer topics\`, and if it ` +
        'was there before, see what Redis has lost first.',
      { retry: 'retry', details: { topic } },
    )
  }
}
