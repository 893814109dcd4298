import { Redis } from 'ioredis'
import type { SharedCounts } from '../ports.ts'

/** Whoever waits longer counts alone. */
const ANSWER_MAX_MS = 250

/** A count is of a minute, and clocks differ. */
const KEPT_SECONDS = 180

/**
 * {@link SharedCounts} in Redis. It connects by itself whenever it can, and fails at once while it
 * is not connected, so that nothing waits for a server that is away.
 */
export function redisCounts(url: string): SharedCounts & AsyncDisposable {
  const redis = new Redis(url, {
    connectionName: 'api rate limits',
    commandTimeout: ANSWER_MAX_MS,
    connectTimeout: 3_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (tries) => Math.min(tries * 200, 3_000),
  })
  // Whoever asks learns it.
  redis.on('error', () => undefined)
  return {
    async add(name, amount) {
      const key = `coffer:rate:${name}`
      const [[, total] = []] =
        (await redis.multi().incrby(key, amount).expire(key, KEPT_SECONDS).exec()) ?? []
      if (typeof total !== 'number') throw new Error('Redis did not count.')
      return total
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect()
    },
  }
}
