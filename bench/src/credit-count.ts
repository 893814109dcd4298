import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** Transactions that the ledger has booked. */
export async function creditCount(postgres: Postgres): Promise<number> {
  const [row] = await postgres.execute<{ count: number }>(sql`
    select count(*)::int as count from ledger.transactions`)
  return row?.count ?? 0
}
