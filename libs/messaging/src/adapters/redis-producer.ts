import type { Message } from '@coffer/events/event'
import type { Redis } from 'ioredis'
import type { Producer } from '../ports.ts'
import { javaPartition } from './java-partition.ts'
import { publishBySession, type Session } from './publish-by-session.ts'
import { type RedisClientOptions, redisClient } from './redis-client.ts'
import { redisTopic, streamKey, TopicUnknownError } from './redis-topics.ts'

export type RedisProducerOptions = RedisClientOptions & {
  /** A publish that waits longer for an answer fails, milliseconds. */
  publishTimeoutMs?: number
}

/**
 * Appends to one stream, in one step: all of them or, when Redis dies meanwhile, none. Ids count
 * from 1-0 whatever the clocks say, so that offsets grow and none is given twice.
 */
const APPEND = `
  local stream = redis.pcall('XINFO', 'STREAM', KEYS[1])
  local last = 0
  if not stream.err then
    for at = 1, #stream, 2 do
      if stream[at] == 'last-generated-id' then last = tonumber(stream[at + 1]:match('^%d+')) end
    end
  end
  local now = redis.call('TIME')[1]
  for at = 1, #ARGV, 3 do
    last = last + 1
    redis.call('XADD', KEYS[1], string.format('%d-0', last),
      'at', now, 'key', ARGV[at], 'headers', ARGV[at + 1], 'value', ARGV[at + 2])
  end
  return last
`

/**
 * Publishes to Redis Streams, one stream a partition. What Redis has acknowledged is as safe as its
 * `appendfsync` says: see docs/messaging.md.
 */
export function redisProducer(options: RedisProducerOptions): Promise<Producer> {
  const { logger, publishTimeoutMs = 30_000 } = options
  const open = () => openSession(options)
  return publishBySession({ openSession: open, broker: 'Redis', logger, publishTimeoutMs })
}

function openSession(options: RedisProducerOptions): Session {
  const { topicPrefix = '' } = options
  const redis = redisClient(options)
  const ready = redis.connect()
  // Whoever sends first sees the failure; nobody may, if the process stops before.
  ready.catch(() => undefined)
  const partitions = new Map<string, number>()
  const streamOf = ({ topic, key }: Message) =>
    streamKey(`${topicPrefix}${topic}`, javaPartition(key, partitions.get(topic) ?? 1))
  return {
    ready,
    cut: () => redis.disconnect(),
    refusal,
    async send(messages) {
      await ready
      for (const topic of new Set(messages.map((message) => message.topic))) {
        // Each time: a Redis that was emptied must not be filled as if nothing had happened.
        partitions.set(topic, (await redisTopic(redis, `${topicPrefix}${topic}`)).partitions)
      }
      await Promise.all(
        [...Map.groupBy(messages, streamOf)].map(([stream, group]) => append(redis, stream, group)),
      )
    },
  }
}

/** Answers of Redis that say that it has stored nothing, by the word that they begin with. */
const REFUSALS = ['OOM', 'READONLY', 'MISCONF', 'NOAUTH', 'NOPERM', 'WRONGPASS', 'NOREPLICAS']

function refusal(error: unknown): string | undefined {
  if (error instanceof TopicUnknownError) return error.code
  const said = error instanceof Error ? error.message : ''
  // What a script runs into is told behind the script's own error.
  return REFUSALS.find((word) => new RegExp(`(^|-| )${word} `).test(said))
}

async function append(redis: Redis, stream: string, messages: readonly Message[]): Promise<void> {
  const fields = messages.flatMap(({ key, headers, value }) => [
    key,
    JSON.stringify(headers),
    value,
  ])
  await redis.eval(APPEND, 1, stream, ...fields)
}
