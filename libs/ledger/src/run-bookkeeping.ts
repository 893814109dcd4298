import { describeError } from '@coffer/errors/app-error'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { poll, type StepResult } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { measureHolds } from './adapters/hold-metrics.ts'
import { postgresOverdueHolds } from './adapters/postgres-overdue-holds.ts'
import { sealNext } from './adapters/postgres-seals.ts'
import { postgresUnitOfWork } from './adapters/postgres-unit-of-work.ts'
import { measureSeals } from './adapters/seal-metrics.ts'
import { expireHolds } from './usecases/expire-holds.ts'

export type BookkeepingOptions = {
  postgres: Postgres
  logger: Logger
  /** Where it tells what waits for its seal, and what is held. */
  metrics?: Metrics
  /** How often it looks for holds that are over, milliseconds. */
  idleMs?: number
  /** How often it seals what was booked, while that is little, milliseconds. */
  sealMs?: number
  /** Has a step of sealing wait for what goes first: see `rightOfWay`. */
  givingWay?: (step: () => Promise<StepResult>) => () => Promise<StepResult>
}

/**
 * Does what the ledger owes to time: ends holds that are over, and seals what was booked. Any
 * number of processes may.
 */
export function runBookkeeping(options: BookkeepingOptions): Work {
  const { postgres, logger, idleMs = 1_000, sealMs = 10_000 } = options
  const { givingWay = (step) => step, metrics } = options
  if (metrics) {
    measureSeals(metrics, postgres)
    measureHolds(metrics, postgres)
  }
  const warn = (told: string) => (error: unknown, attempt: number) =>
    logger.warn({ attempt, error: describeError(error) }, told)
  const unitOfWork = postgresUnitOfWork({ postgres })
  const overdue = postgresOverdueHolds(postgres)
  const expire = poll(expireHolds({ unitOfWork, overdue }), {
    idleMs,
    onError: warn('holds that are over stay for now'),
  })
  const seal = poll(givingWay(sealNext(postgres)), {
    idleMs: sealMs,
    onError: warn('what was booked is sealed later'),
  })
  return async (signal) => {
    await Promise.all([expire(signal), seal(signal)])
  }
}
