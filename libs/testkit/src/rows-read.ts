import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/**
 * How many rows of `table` were read so far, whatever for. `postgres` has `connections`: each is
 * asked to tell what it did, for by itself it would do so later. What a plan costs is seen here
 * whatever the plan is called.
 */
export async function rowsRead(
  postgres: Postgres,
  { table, connections }: { table: string; connections: number },
): Promise<number> {
  const all = Promise.withResolvers<void>()
  let here = 0
  const tell = () =>
    postgres.transaction(async (tx) => {
      await tx.execute(sql`select pg_stat_force_next_flush()`)
      here += 1
      if (here === connections) all.resolve()
      await all.promise
    })
  await Promise.all(Array.from({ length: connections }, tell))
  const [read] = await postgres.execute<{ rows: number }>(sql`
    select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
    from pg_stat_user_tables where relid = ${table}::regclass`)
  return read?.rows ?? 0
}
