import { textArray } from '@coffer/postgres/binary-array'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** Those of `ids`, which are UUIDs, that are users'. */
export async function usersAmong(
  postgres: Postgres,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  // Looked up one by one: without statistics the planner would read every owner there is.
  const rows = await postgres.execute<{ id: string }>(sql`
    select wanted.id
    from unnest(${textArray(ids)}::text[]) as wanted (id)
    cross join lateral (
      select from wallets.owners where owners.id = wanted.id::uuid and kind = 'user' offset 0
    ) as owner`)
  return new Set(rows.map(({ id }) => id))
}
