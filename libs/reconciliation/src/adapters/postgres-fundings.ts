import { postTransactions } from '@coffer/ledger/post-transactions'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Fundings } from '../ports.ts'

/** {@link Fundings} in PostgreSQL. */
export const postgresFundings = (postgres: Postgres): Fundings => ({
  book: (drafts) =>
    postgres.transaction(async (tx) => {
      // Two who book the same at once: the later one finds it booked.
      await tx.execute(sql`
        select pg_advisory_xact_lock(hashtextextended(${drafts[0]?.reference ?? ''}, 0))`)
      return await postTransactions(tx, drafts)
    }),
})
