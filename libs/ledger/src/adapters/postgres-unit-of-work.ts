import { AppError } from '@coffer/errors/app-error'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { type Backoff, backoffMs, pause } from '@coffer/runtime/backoff'
import type { UnitOfWork } from '../ports.ts'
import { postTransactions } from './post-transactions.ts'

export type UnitOfWorkOptions = {
  postgres: Postgres
  /** How often it tries in all, when PostgreSQL says "not now". */
  attempts?: number
  backoff?: Backoff
}

/**
 * Postings in one transaction of PostgreSQL; a transaction that is booked is its own entry in inbox
 * and outbox. A transient failure repeats it whole. That is safe even if the commit went through
 * and only its answer was lost: then the ledger knows the references, and the repeat finds nothing
 * to do.
 */
export function postgresUnitOfWork({
  postgres,
  attempts = 3,
  backoff = { firstMs: 50, maxMs: 1_000 },
}: UnitOfWorkOptions): UnitOfWork {
  return async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await postgres.transaction((tx) =>
          work({ post: (drafts) => postTransactions(tx, drafts) }),
        )
      } catch (error) {
        if (attempt >= attempts || !mayPass(error)) throw error
        await pause(backoffMs(attempt, backoff))
      }
    }
  }
}

const mayPass = (error: unknown): boolean =>
  isTransientPostgresError(error) || (error instanceof AppError && error.retry === 'retry')
