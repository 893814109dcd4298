import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Booking, Bookings } from '../usecases/mark-booked.ts'
import { partsOfDepositId } from './deposit-id-parts.ts'

/**
 * Marks deposits in PostgreSQL. A booking counts only for the revision it was made for: a deposit
 * that a reorg has moved to another block meanwhile waits for a booking of its own.
 */
export function postgresBookings(postgres: Postgres): Bookings {
  return {
    async record(bookings) {
      const list = (pick: (booking: Booking) => string | number) => sql.param(bookings.map(pick))
      await postgres.execute(sql`
        update deposits.deposits as deposit set
          status = case when booking.kind = 'confirmation' then 'credited' else 'reversed' end,
          credited_at = case when booking.kind = 'confirmation' then booking.at::timestamptz end,
          changed_in = pg_current_xact_id()
        from unnest(
          ${list(({ depositId }) => partsOfDepositId(depositId).chain)}::text[],
          ${list(({ depositId }) => partsOfDepositId(depositId).txHash)}::text[],
          ${list(({ depositId }) => partsOfDepositId(depositId).position)}::text[],
          ${list(({ revision }) => revision)}::int[], ${list(({ kind }) => kind)}::text[],
          ${list(({ at }) => at.toISOString())}::text[]
        ) as booking (chain, tx_hash, position, revision, kind, at)
        where deposit.chain = booking.chain
          and deposit.tx_hash = decode(booking.tx_hash, 'hex')
          and deposit.position = booking.position
          and deposit.revision = booking.revision
          and deposit.status =
            case when booking.kind = 'confirmation' then 'final' else 'orphaned' end`)
    },
  }
}
