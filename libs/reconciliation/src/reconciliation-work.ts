import type { JobQueue } from '@coffer/jobs/ports'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import { postgresRooms } from './adapters/postgres-rooms.ts'
import { postgresRuns } from './adapters/postgres-runs.ts'
import type { ReadPayouts, ReconciledChain } from './chain-ports.ts'
import { CHANNELS } from './domain/channels.ts'
import { reconciliationHandler } from './events.ts'
import { runReconciliationJobs } from './jobs.ts'
import { continueRun } from './usecases/continue-run.ts'
import type { ChannelRules } from './usecases/judge-groups.ts'
import { reconcileChain } from './usecases/reconcile-chain.ts'
import { reconcileChannel } from './usecases/reconcile-channel.ts'
import { recordBookings } from './usecases/record-bookings.ts'
import { recordLines } from './usecases/record-lines.ts'
import { requestRun } from './usecases/request-run.ts'
import { scheduleRuns } from './usecases/schedule-runs.ts'

export type ReconciliationWorkOptions = {
  postgres: Postgres
  rules: ChannelRules
  chains: readonly ReconciledChain[]
  payouts: ReadPayouts
  queue: JobQueue
  logger: Logger
  /** How often each place is reconciled, hours. */
  everyHours: number
  /** How often it is looked for what is due, milliseconds. */
  everyMs: number
  /** How long what is on its way into our books is waited for, milliseconds. */
  settleMs: number
}

/** What a process that reconciles does: it records what it reads, and does the runs. */
export function reconciliationWork(options: ReconciliationWorkOptions) {
  const { postgres, rules, chains, payouts, queue, logger, everyHours, everyMs, settleMs } = options
  const now = () => new Date()
  const rooms = postgresRooms(postgres)
  const runs = postgresRuns(postgres)
  const places = { channel: CHANNELS, chain: chains.map(({ chain }) => chain) }
  const recording = { rooms, consumer: 'reconciliation', rules, now }
  const steps = {
    channel: reconcileChannel({ rooms, rules, now }),
    chain: reconcileChain({ rooms, chains, payouts, now, settleMs }),
  }
  const requested = requestRun({ runs, places, now })
  const handle = reconciliationHandler({
    recordBookings: recordBookings(recording),
    recordLines: recordLines(recording),
  })
  const jobs: Work = runReconciliationJobs({
    ...{ queue, runs, logger, everyMs },
    continueRun: continueRun({
      ...{ runs, steps, now },
      onEnded: ({ id, scope, place, status, counts, lastError }) =>
        logger.info({ run: id, scope, place, status, ...counts, lastError }, 'reconciled'),
    }),
    scheduleRuns: scheduleRuns({ requestRun: requested, places, now, everyHours }),
  })
  return { handle, jobs }
}
