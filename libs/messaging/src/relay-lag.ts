import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { type OutboxSource, outboxTable } from './outbox-source.ts'

export type RelayLag = {
  topic: string
  /** Messages that wait; counted to 100,000 and no further. */
  rows: number
  /** Age of the one that has waited longest, seconds; 0 when none waits. */
  oldestAgeSeconds: number
}

/** A topic whose messages are written elsewhere than in the table of the outbox. */
export type RelayedFrom = { topic: string; source: OutboxSource }

/**
 * What waits for the broker: in the table of the outbox, for every topic that was ever written to
 * or relayed from there, and of `others`. In order of topic.
 */
export async function relayLag(
  postgres: Postgres,
  others: readonly RelayedFrom[] = [],
): Promise<RelayLag[]> {
  // Jumps from topic to topic along the index: there are few topics and maybe millions of rows.
  const topics = await postgres.execute<{ topic: string }>(sql`
    with recursive written as (
      (select topic from messaging.outbox order by topic limit 1)
      union all
      select (
        select topic from messaging.outbox where topic > written.topic order by topic limit 1
      ) from written where written.topic is not null
    )
    select topic from written where topic is not null
    union select topic from messaging.relays where source = ${outboxTable.name}
  `)
  const relayed = [...topics.map(({ topic }) => ({ topic, source: outboxTable })), ...others]
  const lags = await Promise.all(relayed.map((each) => lagOf(postgres, each)))
  return lags.sort((one, other) => (one.topic < other.topic ? -1 : 1))
}

async function lagOf(postgres: Postgres, { topic, source }: RelayedFrom): Promise<RelayLag> {
  const { table, transactionId, writtenAt } = source
  // What a restored copy brought along of another cluster's future is not looked through.
  const waiting = sql`
    from ${table} waiting
    where ${source.isOf(topic)}
      and (waiting.${transactionId}, waiting.id) > (cursor.transaction_id, cursor.outbox_id)
      and waiting.${transactionId} < pg_snapshot_xmax(pg_current_snapshot())
      -- No bound of an index, as in the relay.
      and waiting.id + 0 > cursor.restored_id`
  const [lag] = await postgres.execute<Omit<RelayLag, 'topic'>>(sql`
    with cursor as (
      select coalesce(max(transaction_id), '0') as transaction_id,
        coalesce(max(outbox_id), 0) as outbox_id, coalesce(max(restored_id), 0) as restored_id
      from messaging.relays where topic = ${topic}
    )
    select counted.rows,
      coalesce(extract(epoch from clock_timestamp() - oldest.written_at), 0)::float8
        as "oldestAgeSeconds"
    from cursor
    cross join lateral (
      select count(*)::int as rows from (select ${waiting} limit 100000) each
    ) counted
    left join lateral (
      select waiting.${writtenAt} as written_at ${waiting}
      order by waiting.${transactionId}, waiting.id
      limit 1
    ) oldest on true
  `)
  return { topic, rows: 0, oldestAgeSeconds: 0, ...lag }
}
