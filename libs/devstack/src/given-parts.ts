import { setTimeout as pause } from 'node:timers/promises'
import { AppError, describeError } from '@coffer/errors/app-error'
import type { Part } from './parts/part-plan.ts'
import { proveKafka } from './parts/prove-kafka.ts'
import { provePostgres } from './parts/prove-postgres.ts'
import { proveRedis } from './parts/prove-redis.ts'
import { proveRpc } from './parts/prove-rpc.ts'

/** Where a stack's parts are, by the variables that Coffer's processes read. */
export type StackUrls = {
  DATABASE_URL: string
  KAFKA_BROKERS: string
  REDIS_URL: string
  RPC_URLS: string
}

/** The variable that names each part. */
export const PART_VARIABLES = {
  postgres: 'DATABASE_URL',
  kafka: 'KAFKA_BROKERS',
  redis: 'REDIS_URL',
  anvil: 'RPC_URLS',
} as const satisfies Record<Part, keyof StackUrls>

/** How long something that is said to run may take to answer. */
const ANSWER_MS = 10_000

const proofs: Record<Part, (url: string) => Promise<unknown>> = {
  postgres: provePostgres,
  kafka: proveKafka,
  redis: proveRedis,
  anvil: (urls) => Promise.all(urls.split(',').map((url) => proveRpc(url.trim()))),
}

/** Makes a real request to a part that others run. Throws {@link GivenPartError}. */
export async function proveGivenPart(part: Part, url: string, limitMs = ANSWER_MS): Promise<void> {
  const deadline = performance.now() + limitMs
  for (;;) {
    try {
      await proofs[part](url)
      return
    } catch (error) {
      if (performance.now() > deadline) throw new GivenPartError(part, error)
    }
    await pause(100)
  }
}

/** What was given as running didn't answer. */
export class GivenPartError extends AppError {
  readonly code = 'DEVSTACK_GIVEN_PART'

  constructor(part: Part, cause: unknown) {
    const variable = PART_VARIABLES[part]
    super(
      `${variable} is set, but no ${part} answers there (${describeError(cause)}). Start it, ` +
        `correct ${variable}, or unset it to have one started.`,
      { retry: 'retry', details: { part, variable }, cause },
    )
  }
}
