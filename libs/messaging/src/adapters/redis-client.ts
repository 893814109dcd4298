import type { Logger } from '@coffer/telemetry/logger'
import { Redis } from 'ioredis'

export type RedisClientOptions = {
  /** `redis://host:port`, or `rediss://` with TLS. */
  url: string
  /** Shown in the server's list of clients. */
  clientId: string
  logger: Logger
  /** Put before the names of topics and groups, so that tests can share a server. */
  topicPrefix?: string
}

/** A server that takes longer to answer than this is as good as away, milliseconds. */
const COMMAND_TIMEOUT_MS = 10_000

/**
 * One connection, opened by its `connect()`. What fails is not sent again and the connection is not
 * opened again: whoever uses it opens another, since only they know what a failure means.
 */
export function redisClient({ url, clientId, logger }: RedisClientOptions): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectionName: clientId,
    connectTimeout: 3_000,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
  })
  redis.on('error', (error) =>
    logger.debug({ error: error.message }, 'A connection to Redis failed'),
  )
  return redis
}
