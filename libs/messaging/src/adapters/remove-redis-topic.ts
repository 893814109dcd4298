import { silentLogger } from '@coffer/telemetry/logger'
import { redisClient } from './redis-client.ts'
import { streamKey, TOPICS_KEY } from './redis-topics.ts'

export type RemoveRedisTopicOptions = {
  url: string
  /** Of one partition. */
  topic: string
  topicPrefix?: string
}

/** Removes a topic with all that it holds, its groups with it. */
export async function removeRedisTopic(options: RemoveRedisTopicOptions): Promise<void> {
  const { url, topicPrefix = '' } = options
  const name = topicPrefix + options.topic
  const redis = redisClient({ url, clientId: 'coffer-topics', logger: silentLogger })
  try {
    await redis.connect()
    await redis.del(streamKey(name, 0))
    await redis.hdel(TOPICS_KEY, name)
  } finally {
    redis.disconnect()
  }
}
