import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { OverdueHolds } from '../ports.ts'

/** Holds whose time is over by the clock of the database. */
export const postgresOverdueHolds = (postgres: Postgres): OverdueHolds => ({
  async find(limit) {
    const rows = await postgres.execute<{ reference: string; owner: string; ms: number }>(sql`
      select hold.reference, hold.owner, extract(epoch from open.expires_at)::float8 * 1000 as ms
      from ledger.open_holds open join ledger.transactions hold on hold.id = open.hold_id
      where open.expires_at <= clock_timestamp()
      order by open.expires_at
      limit ${limit}
    `)
    return rows.map(({ reference, owner, ms }) => {
      return { reference, owner, expiresAt: new Date(Math.round(ms)) }
    })
  },
})
