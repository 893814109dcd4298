import { AppError } from '@coffer/errors/app-error'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { type Backoff, backoffMs, pause } from '@coffer/runtime/backoff'
import type { UnitOfWork } from '../ports.ts'
import { postTransactions, ReferenceRaceError } from './post-transactions.ts'

export type UnitOfWorkOptions = {
  postgres: Postgres
  /** How often it tries in all, when PostgreSQL says "not now". */
  attempts?: number
  backoff?: Backoff
}

/** For so many units of work after one that was not new, all are looked up. */
const LOOK_UP_COUNT = 50

/**
 * Postings in one transaction of PostgreSQL; a transaction that is booked is its own entry in inbox
 * and outbox. A transient failure repeats it whole. That is safe even if the commit went through
 * and only its answer was lost: then the ledger knows the references, and the repeat finds nothing
 * to do.
 *
 * Nearly all that is posted is new. So it is taken for new the first time, which the database's
 * unique index proves; where it was not, the work is repeated at once, and looks.
 */
export function postgresUnitOfWork({
  postgres,
  attempts = 3,
  backoff = { firstMs: 50, maxMs: 1_000 },
}: UnitOfWorkOptions): UnitOfWork {
  let toLookUp = 0
  return async (work) => {
    const attempt = async (isNew: boolean) =>
      await postgres.transaction((tx) =>
        work({ post: (drafts) => postTransactions(tx, drafts, { isNew }) }),
      )
    let isNew = toLookUp === 0
    if (!isNew) toLookUp -= 1
    for (let failures = 0; ; ) {
      try {
        return await attempt(isNew)
      } catch (error) {
        if (isNew && error instanceof ReferenceRaceError) {
          toLookUp = LOOK_UP_COUNT
        } else {
          failures += 1
          if (failures >= attempts || !mayPass(error)) throw error
          await pause(backoffMs(failures, backoff))
        }
        // What failed otherwise may have been committed.
        isNew = false
      }
    }
  }
}

const mayPass = (error: unknown): boolean =>
  isTransientPostgresError(error) || (error instanceof AppError && error.retry === 'retry')
