import { Redis } from 'ioredis'

/** Sends PING and asks for the server's pid. */
export async function proveRedis(url: string): Promise<{ pid: number }> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  redis.on('error', () => {})
  try {
    await redis.connect()
    const answer = await redis.ping()
    if (answer !== 'PONG') throw new Error(`Expected PONG, got ${answer}.`)
    const pid = /^process_id:(\d+)/m.exec(await redis.info('server'))?.[1]
    return { pid: Number(pid) }
  } finally {
    redis.disconnect()
  }
}
