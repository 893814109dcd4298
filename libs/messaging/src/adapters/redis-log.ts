import type { Extent, MessageLog } from '../ports.ts'
import { LogReadError } from './log-read-error.ts'
import { type RedisClientOptions, redisClient } from './redis-client.ts'
import { readEntry, type StreamPlace } from './redis-streams.ts'
import { redisTopic, streamKey } from './redis-topics.ts'

/** Ids count from 1, offsets from 0. */
const offsetOf = (id: string): bigint => BigInt(id.split('-')[0] ?? 0) - 1n

/** Looks at what Redis Streams hold. Each look has a connection of its own. */
export function redisLog(options: RedisClientOptions): MessageLog {
  const { topicPrefix = '' } = options

  const connected = async <T>(topic: string, work: (redis: Client) => Promise<T>): Promise<T> => {
    const redis = redisClient(options)
    try {
      await redis.connect()
      return await work(redis)
    } catch (error) {
      throw new LogReadError(topic, error)
    } finally {
      redis.disconnect()
    }
  }
  const streamOf = ({ topic, partition }: StreamPlace) =>
    streamKey(`${topicPrefix}${topic}`, partition)

  return {
    extents: (topic) =>
      connected(topic, async (redis) => {
        const { partitions } = await redisTopic(redis, `${topicPrefix}${topic}`)
        const extents: Extent[] = []
        for (let partition = 0; partition < partitions; partition += 1) {
          const stream = streamOf({ topic, partition })
          const [oldest] = await redis.xrange(stream, '-', '+', 'COUNT', 1)
          const [newest] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
          const end = newest === undefined ? 0n : offsetOf(newest[0]) + 1n
          extents.push({ partition, first: oldest === undefined ? end : offsetOf(oldest[0]), end })
        }
        return extents
      }),
    read: ({ topic, partition, from, max }) =>
      connected(topic, async (redis) => {
        const place = { topic, partition }
        const found = await redis.xrange(streamOf(place), `${from + 1n}-0`, '+', 'COUNT', max)
        if (found.length === 0) throw new Error(`nothing is there from offset ${from} on`)
        return found.map((entry) => readEntry(entry, place))
      }),
  }
}

type Client = ReturnType<typeof redisClient>
