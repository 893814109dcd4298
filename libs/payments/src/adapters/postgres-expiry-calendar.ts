import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, asc, lte, type SQL, sql } from 'drizzle-orm'
import type { ExpiryCalendar } from '../ports.ts'
import { payments } from '../schema.ts'

/** Payments that are looked at for the moments at which they expire. */
const LOOKED_AT_MAX = 20_000

/** {@link ExpiryCalendar} in PostgreSQL. */
export const postgresExpiryCalendar = (postgres: Postgres): ExpiryCalendar => ({
  async moments(until, limit) {
    const rows = await postgres.execute<{ ms: string }>(sql`
      select distinct ceil(extract(epoch from expires_at)) * 1000 as ms
      from (
        select expires_at from payments.payments
        where ${isWaitedFor} and expires_at < ${until.toISOString()}::timestamptz
        order by expires_at limit ${LOOKED_AT_MAX}
      ) as next
      order by ms limit ${limit}`)
    return rows.map(({ ms }) => new Date(Number(ms)))
  },
  async expired(moment, limit) {
    const rows = await postgres
      .select({ id: payments.id })
      .from(payments)
      .where(and(isWaitedFor, lte(payments.expiresAt, moment)))
      .orderBy(asc(payments.expiresAt))
      .limit(limit)
    return rows.map(({ id }) => id)
  },
})

/** As the index `payments_waited_for` has it. */
const isWaitedFor: SQL = sql`not is_over and status in ('created', 'partially_paid')`
