import type { GroupReader } from '../ports.ts'
import { type RedisClientOptions, redisClient } from './redis-client.ts'
import { redisTopic, streamKey } from './redis-topics.ts'

/** What a group was not given of a stream, and what it was given and has not acknowledged. */
const BACKLOG = `
  local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
  if info.err then return 0 end
  local stream = {}
  for at = 1, #info, 2 do stream[info[at]] = info[at + 1] end
  for _, found in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for at = 1, #found, 2 do group[found[at]] = found[at + 1] end
    if group['name'] == ARGV[1] then
      local last = tonumber(stream['last-generated-id']:match('^%d+'))
      return last - tonumber(group['last-delivered-id']:match('^%d+')) + group['pending']
    end
  end
  return stream['length']
`

/** How many messages of Redis Streams a group has yet to handle. */
export async function redisBacklog(
  options: RedisClientOptions,
  { group, topics }: GroupReader,
): Promise<number> {
  const { topicPrefix = '' } = options
  const redis = redisClient(options)
  try {
    await redis.connect()
    let total = 0
    for (const topic of topics) {
      const { partitions } = await redisTopic(redis, `${topicPrefix}${topic}`)
      for (let partition = 0; partition < partitions; partition += 1) {
        const stream = streamKey(`${topicPrefix}${topic}`, partition)
        total += Number(await redis.eval(BACKLOG, 1, stream, `${topicPrefix}${group}`))
      }
    }
    return total
  } finally {
    redis.disconnect()
  }
}
