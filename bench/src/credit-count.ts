import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** Credits that the ledger has booked: each is one entry of custody, which counts its entries. */
export async function creditCount(postgres: Postgres): Promise<number> {
  const [row] = await postgres.execute<{ count: number }>(sql`
    select coalesce(sum(version), 0)::int as count from ledger.accounts
    where owner = 'system' and code = 'custody'`)
  return row?.count ?? 0
}
