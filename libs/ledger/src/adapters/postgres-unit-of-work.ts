import { AppError } from '@coffer/errors/app-error'
import { claimNew } from '@coffer/messaging/inbox'
import { enqueue } from '@coffer/messaging/outbox'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { type Backoff, backoffMs, pause } from '@coffer/runtime/backoff'
import type { UnitOfWork } from '../ports.ts'
import { postTransactions } from './post-transactions.ts'

export type UnitOfWorkOptions = {
  postgres: Postgres
  /** Whose inbox it is: each consumer handles an event once. */
  consumer: string
  /** How often it tries in all, when PostgreSQL says "not now". */
  attempts?: number
  backoff?: Backoff
}

/**
 * Inbox, postings and outbox in one transaction of PostgreSQL. A transient failure repeats it
 * whole. That is safe even if the commit went through and only its answer was lost: then the inbox
 * knows the events, and the repeat finds nothing to do.
 */
export function postgresUnitOfWork({
  postgres,
  consumer,
  attempts = 3,
  backoff = { firstMs: 50, maxMs: 1_000 },
}: UnitOfWorkOptions): UnitOfWork {
  return async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await postgres.transaction((tx) =>
          work({
            claimNew: (eventIds) => claimNew(tx, consumer, eventIds),
            post: (drafts) => postTransactions(tx, drafts),
            announce: (messages) => enqueue(tx, messages),
          }),
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
