import type { Message } from '@coffer/events/event'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { pause } from '@coffer/runtime/backoff'
import { sql } from 'drizzle-orm'
import { type OutboxSource, outboxTable, type RowPlace } from './outbox-source.ts'
import type { Producer } from './ports.ts'
import { type RelayBroker, takeLease } from './relay-lease.ts'
import { type NextRows, type RelayOutbox, relayNext } from './relay-next.ts'

export type RelayOptions = {
  postgres: Postgres
  producer: Producer
  /** One relay publishes a topic at a time, so that its messages keep their order. */
  topic: string
  /** Where its messages are written; the table of the outbox by default. */
  source?: OutboxSource
  /** Names this process for as long as it lives, and no other process ever. */
  holder: string
  /** Most rows of one step. */
  batchSize: number
  /**
   * How long another process waits before it takes over from one that says nothing, milliseconds.
   * A publish that takes longer may be repeated by the other process.
   */
  leaseMs: number
  /**
   * How long others are waited for after a step that published fewer, milliseconds: what comes all
   * the time leaves together so. Default: 0.
   */
  lingerMs?: number | undefined
  /** Which broker `producer` publishes to; the topic is not taken over from another one. */
  broker?: RelayBroker
}

/**
 * Publishes the next messages of `topic` that committed transactions owe, in commit order: see
 * {@link relayNext}. A row waits while any older transaction that writes is open anywhere in the
 * PostgreSQL cluster, because that one might still commit a row that comes before it: writers must
 * be short.
 */
export const relayStep = (options: RelayOptions) =>
  relayNext({ ...options, outbox: postgresRelayOutbox(options) })

function postgresRelayOutbox(options: RelayOptions): RelayOutbox<OutboxRow> {
  // Nobody knows what waits before the first look.
  let isBacklog = true
  return {
    async readNext(last) {
      const next =
        isBacklog || last ? await readBacklog(options, last) : await readWhenEnded(options)
      isBacklog = next.isFull
      return next
    },
    takeLease: () => takeLease(options),
    advance: (last) => advance(options, last),
  }
}

type OutboxRow = Message & RowPlace

/** How long what is open may hold up a step that has nothing else to do, milliseconds. */
const HELD_UP_MS = [1, 2, 4, 8, 16]

/**
 * {@link readNext}, and again where all that is committed waits for a transaction that is older: it
 * will mostly end in a moment, and of its end nobody tells.
 */
async function readWhenEnded(options: RelayOptions) {
  let next = await readNext(options)
  for (const ms of HELD_UP_MS) {
    if (!next.isHeldUp) break
    await pause(ms)
    next = await readNext(options)
  }
  return next
}

/**
 * {@link readNext} where much may wait: along the index, whatever the planner thinks of it. While
 * it knows nothing of the rows it would sort all that wait for each step.
 */
const readBacklog = (options: RelayOptions, last: RowPlace | undefined) =>
  options.postgres.transaction(async (tx) => {
    await tx.execute(sql.raw('set local enable_bitmapscan = off; set local enable_sort = off'))
    return await readNext(options, { db: tx, last })
  })

type PostgresRows = NextRows<OutboxRow> & { isHeldUp: boolean }

type ReadOptions = { db?: Pick<Postgres, 'execute'>; last?: RowPlace | undefined }

/** The rows after the cursor, if this process holds the lease; `leaseLeftMs` is 0 if it doesn't. */
async function readNext(
  { postgres, topic, source = outboxTable, holder, batchSize }: RelayOptions,
  { db = postgres, last }: ReadOptions = {},
): Promise<PostgresRows> {
  const { table, transactionId, columns } = source
  const cursor = last
    ? sql`(${last.transactionId}::xid8, ${last.id}::bigint)`
    : sql.raw('(relay.transaction_id, relay.outbox_id)')
  type Place = RowPlace | Record<keyof RowPlace, null>
  const rows = await db.execute<Pick<PostgresRows, 'leaseLeftMs' | 'isHeldUp'> & Place>(sql`
    select lease.left_ms as "leaseLeftMs", due.*,
      -- In order, or the planner would look for one of many that it expects, and read them all.
      due.id is null and (
        select true from ${table} held
        where ${source.isOf(topic)}
          and (held.${transactionId}, held.id) > ${cursor}
          and held.id + 0 > relay.restored_id
        order by held.${transactionId}, held.id
        limit 1
      ) is not null as "isHeldUp"
    from messaging.relays relay
    cross join lateral (
      select extract(epoch from relay.lease_until - clock_timestamp())::float8 * 1000 as left_ms
    ) lease
    left join lateral (
      select ${columns}, waiting.${transactionId}::text as "transactionId", waiting.id::text as id
      from ${table} waiting
      where ${source.isOf(topic)}
        and (waiting.${transactionId}, waiting.id) > ${cursor}
        and waiting.${transactionId} < pg_snapshot_xmin(pg_current_snapshot())
        -- No bound of an index: by that of ids the planner would read all that there is.
        and waiting.id + 0 > relay.restored_id
      -- By the columns: without its table, id would be the text selected above.
      order by waiting.${transactionId}, waiting.id
      limit ${batchSize}
    ) due on true
    where relay.topic = ${topic} and relay.holder = ${holder} and lease.left_ms > 0
  `)
  const due = rows.filter((row): row is (typeof rows)[number] & RowPlace => row.id !== null)
  const messages = due.length > 0 ? await source.messages(postgres, due) : []
  return {
    leaseLeftMs: rows[0]?.leaseLeftMs ?? 0,
    isHeldUp: rows[0]?.isHeldUp ?? false,
    isFull: due.length === batchSize,
    rows: messages.flatMap((ofRow, place) => {
      const { transactionId, id } = due[place] as RowPlace
      return ofRow.map((message) => ({ ...message, transactionId, id }))
    }),
  }
}

/**
 * Moves the cursor to `last` and renews the lease; false when another process took it meanwhile.
 */
async function advance(
  { postgres, topic, holder, leaseMs }: RelayOptions,
  last: RowPlace,
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
