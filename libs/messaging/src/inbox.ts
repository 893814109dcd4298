import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/**
 * Claims `eventIds` for `consumer` in `tx` and returns those that it had not handled before. A
 * repeat, in this batch or an earlier one, is not returned. While another transaction is claiming
 * one of them, this waits to learn whether it commits.
 */
export async function claimNew(
  tx: Transaction,
  consumer: string,
  eventIds: readonly string[],
): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set()
  // Two batches that overlap claim in one order, else they could wait for each other.
  const sorted = [...new Set(eventIds)].sort()
  const claimed = await tx.execute<{ event_id: string }>(sql`
    insert into messaging.inbox (consumer, event_id)
    select ${consumer}, event_id
    from unnest(${sql.param(sorted)}::text[]) with ordinality as claim (event_id, position)
    order by position
    on conflict do nothing
    returning event_id
  `)
  return new Set(claimed.map((row) => row.event_id))
}
