import type { AddressInfo } from 'node:net'
import { keyGuard } from '@coffer/http/key-guard'
import { httpServer } from '@coffer/http/server'
import { memoryJobs } from '@coffer/jobs/testing/memory-jobs'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { sandboxMigrations } from '@coffer/sandbox/migrations'
import {
  type RunningSandbox,
  runningSandbox,
  SANDBOX_KEY,
  SANDBOX_SECRET,
} from '@coffer/sandbox/testing/running-sandbox'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { postgresChargeRooms, postgresUnknownCallbacks } from '../adapters/postgres-charges.ts'
import { postgresRefundRooms } from '../adapters/postgres-refunds.ts'
import { sandboxCallbacks } from '../adapters/sandbox-callbacks.ts'
import { sandboxChannel } from '../adapters/sandbox-channel.ts'
import type { CardChannel } from '../channel-ports.ts'
import { callbackRoutes } from '../routes-callbacks.ts'
import { runCardChannel } from '../run-card-channel.ts'
import { applyChargeReport } from '../usecases/apply-charge-report.ts'
import { concludeRefund } from '../usecases/conclude-refund.ts'
import { takeCallback } from '../usecases/take-callback.ts'
import { type PaymentsDatabase, paymentsDatabase } from './payments-database.ts'

/** Payments by card: a real sandbox, where it sends its callbacks, and what charges through it. */
export type SandboxPayments = AsyncDisposable & {
  database: PaymentsDatabase
  sandbox: RunningSandbox
  channel: CardChannel
  callbackUrl: string
  /** Makes a payment of 100 by `card`, for an order of its own or that of another; its id. */
  pay(card: string, asAnotherOf?: string): Promise<string>
  /** Charges, refunds and reads statements until everything is disposed. */
  run(): void
}

export async function sandboxPayments(): Promise<SandboxPayments> {
  const resources = new AsyncDisposableStack()
  const others = [ledgerMigrations, sandboxMigrations]
  const database = resources.use(await paymentsDatabase(others))
  const { postgres } = database
  const sandbox = resources.use(await runningSandbox(postgres))
  const callbackUrl = await receiver(database, resources)
  const channel = sandboxChannel({
    url: sandbox.url,
    key: SANDBOX_KEY,
    callbackUrl,
    timeoutMs: 1_000,
  })
  return {
    ...{ database, sandbox, channel, callbackUrl },
    pay: database.cardPayment,
    run() {
      const stopping = new AbortController()
      const [charge, refund, statement] = [memoryJobs(), memoryJobs(), memoryJobs()]
      const running = runCardChannel({
        ...{ postgres, channel, queues: { charge, refund, statement } },
        ...{
          everyMs: 100,
          retryMs: 200,
          statementEveryMs: 100,
          atOnceMax: 64,
          logger: silentLogger,
        },
      })(stopping.signal)
      resources.defer(async () => {
        stopping.abort()
        await running
      })
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The route that callbacks come to, as the API serves it. */
async function receiver(
  { postgres }: PaymentsDatabase,
  resources: AsyncDisposableStack,
): Promise<string> {
  const now = () => new Date()
  const rooms = postgresChargeRooms(postgres)
  const take = takeCallback({
    read: sandboxCallbacks(SANDBOX_SECRET),
    applyChargeReport: applyChargeReport({
      ...{ rooms, now, againMs: 200, isTransient: isTransientPostgresError },
    }),
    concludeRefund: concludeRefund({ rooms: postgresRefundRooms(postgres), now }),
    unknown: postgresUnknownCallbacks(postgres),
  })
  const server = await httpServer({
    ...{ logger: silentLogger, metrics: createMetrics('test'), title: 'test', version: '1' },
    guard: keyGuard(['a-key-that-nobody-sends']),
    statuses: {
      CALLBACK_FORGED: { status: 401, title: 'forged' },
      CALLBACK_UNKNOWN: { status: 404, title: 'unknown' },
      CALLBACK_MALFORMED: { status: 422, title: 'malformed' },
    },
    isTransient: isTransientPostgresError,
    health: {
      live: () => true,
      ready: async () => ({ ready: true, checks: {} }),
      metrics: async () => '',
    },
    routes: [callbackRoutes(take)],
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  resources.defer(async () => {
    const closed = server.close()
    // Whoever called keeps connections for what may come next.
    server.server.closeAllConnections()
    await closed
  })
  const { port } = server.server.address() as AddressInfo
  return `http://127.0.0.1:${port}/v1/channels/sandbox/callbacks`
}
