import { describeError } from '@coffer/errors/app-error'
import { keyGuard } from '@coffer/http/key-guard'
import { postgresProbes } from '@coffer/http/postgres-probes'
import { serve } from '@coffer/http/serve'
import { type HttpServer, httpServer } from '@coffer/http/server'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { decideDue } from './adapters/decide-due.ts'
import { deliverCallbacks } from './deliver-callbacks.ts'
import { sandboxRoutes } from './routes.ts'

export type SandboxOptions = {
  postgres: Postgres
  /** Whoever has one of these may charge. */
  apiKeys: readonly string[]
  /** Callbacks are signed with it: `whsec_` and base64. */
  secret: string
  /** How long what is late takes, milliseconds. */
  delayMs: number
  /** The first pause before a callback is tried again, milliseconds. */
  retryMs?: number
  host: string
  /** 0 takes a free one. */
  port: number
  now?: () => Date
  logger: Logger
  metrics: Metrics
}

/** How often it looks for what is due. */
const IDLE = { idleMs: 50, idleMaxMs: 250 }

/**
 * A stand-in for a card processor, with test cards for every trouble that a real one makes. Told of
 * when it listens by `onListening`.
 */
export function runSandbox(
  options: SandboxOptions,
  onListening: (server: HttpServer) => void = () => undefined,
): Work {
  const { postgres, delayMs, secret, retryMs = 1_000, now = () => new Date(), logger } = options
  const onError = (told: string) => (error: unknown, attempt: number) =>
    logger.warn({ attempt, error: describeError(error) }, told)
  const decide = poll(decideDue({ postgres, now, delayMs }), {
    ...IDLE,
    onError: onError('charges are decided later'),
  })
  const deliver = poll(deliverCallbacks({ postgres, secret, now, retryMs, logger }), {
    ...IDLE,
    onError: onError('callbacks are sent later'),
  })
  return async (signal) => {
    const server = await sandboxServer({ ...options, now, stopping: signal })
    server.addHook('onListen', async () => onListening(server))
    await Promise.all([serve(server, options)(signal), decide(signal), deliver(signal)])
  }
}

type ServerOptions = Pick<
  SandboxOptions,
  'postgres' | 'apiKeys' | 'delayMs' | 'logger' | 'metrics'
> & {
  now: () => Date
  stopping: AbortSignal
}

async function sandboxServer({ postgres, apiKeys, logger, metrics, ...rest }: ServerOptions) {
  return await httpServer({
    logger,
    metrics,
    title: 'Sandbox card processor',
    version: '1.0.0',
    guard: keyGuard(apiKeys),
    statuses: {
      SANDBOX_CARD: { status: 422, title: 'There is no such card' },
      SANDBOX_MISHAP: { status: 500, title: 'The sandbox failed' },
      SANDBOX_REFERENCE: { status: 409, title: 'The reference names something else' },
      SANDBOX_REFUND: { status: 422, title: 'More than what is left of the charge' },
      SANDBOX_UNKNOWN: { status: 404, title: 'There is nothing of this name' },
    },
    isTransient: isTransientPostgresError,
    health: postgresProbes(postgres, metrics),
    routes: [sandboxRoutes({ postgres, ...rest })],
  })
}
