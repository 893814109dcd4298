import { copyField, copyRows } from '@coffer/postgres/copy-rows'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { takeTime } from '@coffer/postgres/take-time'
import { sql } from 'drizzle-orm'
import type { DerivedReferences, LedgerDifference } from '../ports.ts'

/** Most that are told of; one cause can bring any number. */
const TOLD_MAX = 1_000

/**
 * Keeps references in a table that goes with its connection. What the ledger booked after `work`
 * began is told of by nobody, for its event may have come later than it was looked for.
 */
export const postgresDerivedReferences =
  (postgres: Postgres): DerivedReferences =>
  (work) =>
    postgres.transaction(async (tx) => {
      await takeTime(tx)
      await tx.execute(sql`create temp table derived (reference text) on commit drop`)
      await tx.execute(
        sql`create temp table began on commit drop as select clock_timestamp() as at`,
      )
      return await work({
        async add(references) {
          const lines = references.map((reference) => `${copyField(reference)}\n`).join('')
          await copyRows(tx, { into: 'derived', lines })
        },
        async beside() {
          await tx.execute(sql`analyze derived`)
          return await tx.execute<LedgerDifference>(sql`
            select reference as subject,
              format('it is in the ledger (%s, transaction %s) and not in wallet.events', code, id)
                as problem
            from ledger.transactions, began
            where code like 'deposit.%' and refusal is null and recorded_at < began.at
              and not exists (
                select from derived
                where derived.reference collate "C" = transactions.reference)
            order by id limit ${TOLD_MAX}`)
        },
      })
    })
