import type { Message } from '@coffer/events/event'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Producer } from './ports.ts'
import { takeLease } from './relay-lease.ts'
import { type RelayOutbox, relayNext } from './relay-next.ts'

export type RelayOptions = {
  postgres: Postgres
  producer: Producer
  /** One relay publishes a topic at a time, so that its messages keep their order. */
  topic: string
  /** Names this process for as long as it lives, and no other process ever. */
  holder: string
  /** Most messages of one step. */
  batchSize: number
  /**
   * How long another process waits before it takes over from one that says nothing, milliseconds.
   * A publish that takes longer may be repeated by the other process.
   */
  leaseMs: number
}

/**
 * Publishes the next messages of `topic` that committed transactions owe, in commit order: see
 * {@link relayNext}. A row waits while any older transaction that writes is open anywhere in the
 * PostgreSQL cluster, because that one might still commit a row that comes before it: writers must
 * be short.
 */
export const relayStep = (options: RelayOptions) =>
  relayNext({ ...options, outbox: postgresRelayOutbox(options) })

const postgresRelayOutbox = (options: RelayOptions): RelayOutbox<OutboxRow> => ({
  readNext: () => readNext(options),
  takeLease: () => takeLease(options),
  advance: (last) => advance(options, last),
})

type OutboxRow = Message & { transactionId: string; id: string }

/** The rows after the cursor, if this process holds the lease; `leaseLeftMs` is 0 if it doesn't. */
async function readNext({
  postgres,
  topic,
  holder,
  batchSize,
}: RelayOptions): Promise<{ leaseLeftMs: number; rows: OutboxRow[] }> {
  const rows = await postgres.execute<
    { leaseLeftMs: number } & (OutboxRow | Record<keyof OutboxRow, null>)
  >(sql`
    select lease.left_ms as "leaseLeftMs", due.*
    from messaging.relays relay
    cross join lateral (
      select extract(epoch from relay.lease_until - clock_timestamp())::float8 * 1000 as left_ms
    ) lease
    left join lateral (
      select topic, key, headers, value,
        transaction_id::text as "transactionId", waiting.id::text as id
      from messaging.outbox waiting
      where waiting.topic = relay.topic
        and (waiting.transaction_id, waiting.id) > (relay.transaction_id, relay.outbox_id)
        and waiting.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
      -- By the columns: without its table, id would be the text selected above.
      order by waiting.transaction_id, waiting.id
      limit ${batchSize}
    ) due on true
    where relay.topic = ${topic} and relay.holder = ${holder} and lease.left_ms > 0
  `)
  return {
    leaseLeftMs: rows[0]?.leaseLeftMs ?? 0,
    rows: rows.filter((row): row is OutboxRow & { leaseLeftMs: number } => row.id !== null),
  }
}

/**
 * Moves the cursor to `last` and renews the lease; false when another process took it meanwhile.
 */
async function advance(
  { postgres, topic, holder, leaseMs }: RelayOptions,
  last: OutboxRow,
): Promise<boolean> {
  const moved = await postgres.execute(sql`
    update messaging.relays
    set transaction_id = ${last.transactionId}::xid8, outbox_id = ${last.id}::bigint,
      lease_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    where topic = ${topic} and holder = ${holder}
    returning topic
  `)
  return moved.length > 0
}

export type RelayLag = {
  topic: string
  /** Messages that wait; counted to 100,000 and no further. */
  rows: number
  /** Age of the one that has waited longest, seconds; 0 when none waits. */
  oldestAgeSeconds: number
}

/** What waits in the outbox, for every topic that was ever written to or relayed. */
export async function relayLag(postgres: Postgres): Promise<RelayLag[]> {
  // Jumps from topic to topic along the index: there are few topics and maybe millions of rows.
  const lags = await postgres.execute<RelayLag>(sql`
    with recursive written as (
      (select topic from messaging.outbox order by topic limit 1)
      union all
      select (
        select topic from messaging.outbox where topic > written.topic order by topic limit 1
      ) from written where written.topic is not null
    ), topics as (
      select topic from written where topic is not null union select topic from messaging.relays
    )
    select topics.topic, waiting.rows,
      coalesce(extract(epoch from clock_timestamp() - oldest.created_at), 0)::float8
        as "oldestAgeSeconds"
    from topics
    left join messaging.relays relay on relay.topic = topics.topic
    cross join lateral (
      select coalesce(relay.transaction_id, '0') as transaction_id,
        coalesce(relay.outbox_id, 0) as outbox_id
    ) cursor
    cross join lateral (
      select count(*)::int as rows from (
        select from messaging.outbox
        where topic = topics.topic
          and (transaction_id, id) > (cursor.transaction_id, cursor.outbox_id)
        limit 100000
      ) counted
    ) waiting
    left join lateral (
      select created_at from messaging.outbox
      where topic = topics.topic
        and (transaction_id, id) > (cursor.transaction_id, cursor.outbox_id)
      order by transaction_id, id
      limit 1
    ) oldest on true
    order by topics.topic
  `)
  return [...lags]
}

/** Rows deleted by one statement, so that none holds its locks for long. */
const PRUNE_CHUNK = 5_000

/** Deletes published rows that are older than `olderThanDays`; returns how many. */
export async function pruneOutbox({
  postgres,
  olderThanDays,
}: {
  postgres: Postgres
  olderThanDays: number
}): Promise<number> {
  const relays = await postgres.execute<{ topic: string }>(sql`select topic from messaging.relays`)
  let pruned = 0
  for (const { topic } of relays) {
    for (let deleted = PRUNE_CHUNK; deleted === PRUNE_CHUNK; pruned += deleted) {
      // Takes the oldest first and stops at the first chunk that is not all old.
      const rows = await postgres.execute(sql`
        delete from messaging.outbox
        where id in (
          select oldest.id
          from messaging.relays relay
          cross join lateral (
            select id, created_at from messaging.outbox
            where topic = relay.topic
              and (transaction_id, id) <= (relay.transaction_id, relay.outbox_id)
            order by transaction_id, id
            limit ${PRUNE_CHUNK}
          ) oldest
          where relay.topic = ${topic}
            and oldest.created_at < now() - make_interval(secs => ${olderThanDays * 86_400})
        )
        returning id
      `)
      deleted = rows.length
    }
  }
  return pruned
}
