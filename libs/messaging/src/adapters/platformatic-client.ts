import { type ConnectionOptions, ConnectionPool, ProtocolError } from '@platformatic/kafka'
import type { KafkaClientOptions } from './kafka-client.ts'

export type Address = { host: string; port: number }

export type PlatformaticClientOptions = Omit<KafkaClientOptions, 'openSocket'> & {
  /** Where to reach a broker that says it is at `address`; there by default. */
  reach?: (address: Address) => Address
}

/** A broker that takes longer to answer than this is as good as away, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000

/** Settings that every client of @platformatic/kafka here shares: it waits for nothing for ever. */
export const platformaticSettings = (
  { brokers, clientId }: PlatformaticClientOptions,
  { retries }: { retries: number },
) => ({
  clientId,
  bootstrapBrokers: [...brokers],
  ...connectionSettings(REQUEST_TIMEOUT_MS),
  retries,
  retryDelay: (_: unknown, __: string, attempt: number) => Math.min(100 * 2 ** attempt, 1_000),
  // A leader that moved is learnt from an error; this is for partitions that come quietly.
  metadataMaxAge: 60_000,
  autocreateTopics: false,
})

/** Connections beside those of a client, for requests that the broker keeps waiting. */
export const platformaticPool = (options: PlatformaticClientOptions, requestTimeoutMs: number) =>
  redirected(new ConnectionPool(options.clientId, connectionSettings(requestTimeoutMs)), options)

const connectionSettings = (requestTimeout: number): ConnectionOptions => ({
  connectTimeout: 3_000,
  requestTimeout,
})

/** `pool`, which from now on opens its connections where {@link PlatformaticClientOptions} says. */
export function redirected(pool: ConnectionPool, { reach }: PlatformaticClientOptions) {
  if (reach === undefined) return pool
  const get = pool.get.bind(pool) as (broker: Address, ...rest: unknown[]) => Promise<never>
  return Object.assign(pool, {
    get: (broker: Address, ...rest: unknown[]) => get(reach(broker), ...rest),
  })
}

/** Cuts every connection of `pool` now and for good: what is under way fails at once. */
export function cutPool(pool: ConnectionPool): void {
  for (const [, connection] of pool) connection.socket?.destroy()
  pool.close().catch(() => undefined)
}

/** What the broker answered, such as `REBALANCE_IN_PROGRESS`; undefined when it didn't. */
export function answerOf(error: unknown): ProtocolError | undefined {
  if (error instanceof ProtocolError) return error
  const inner = error instanceof AggregateError ? error.errors : []
  const cause = error instanceof Error ? error.cause : undefined
  for (const each of [...inner, cause]) {
    const found = each === undefined ? undefined : answerOf(each)
    if (found) return found
  }
  return undefined
}

/** The same failure in words that tell what the broker answered. */
export function withAnswer(error: unknown): Error {
  const answer = answerOf(error)
  if (answer === undefined) return error instanceof Error ? error : new Error(String(error))
  return new Error(`the broker answered ${answer['apiId']}`, { cause: answer })
}
