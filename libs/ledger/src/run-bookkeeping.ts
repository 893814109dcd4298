import { describeError } from '@coffer/errors/app-error'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import { postgresOverdueHolds } from './adapters/postgres-overdue-holds.ts'
import { postgresUnitOfWork } from './adapters/postgres-unit-of-work.ts'
import { expireHolds } from './usecases/expire-holds.ts'

export type BookkeepingOptions = {
  postgres: Postgres
  logger: Logger
  /** How often it looks for something to do, milliseconds. */
  idleMs?: number
}

/** Does what the ledger owes to time: ends holds that are over. Any number of processes may. */
export function runBookkeeping({ postgres, logger, idleMs = 1_000 }: BookkeepingOptions): Work {
  const onError = (error: unknown, attempt: number) =>
    logger.warn({ attempt, error: describeError(error) }, 'holds that are over stay for now')
  const unitOfWork = postgresUnitOfWork({ postgres })
  const overdue = postgresOverdueHolds(postgres)
  return poll(expireHolds({ unitOfWork, overdue }), { idleMs, onError })
}
