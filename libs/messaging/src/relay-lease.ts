import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { type OutboxSource, outboxTable } from './outbox-source.ts'

export type LeaseOptions = {
  postgres: Postgres
  topic: string
  source?: OutboxSource
  holder: string
  leaseMs: number
}

/**
 * Takes or renews the lease of a topic's relay, by the database's clock; false when another holds
 * it. Whoever holds it finds a cursor that counts the transactions of this very cluster.
 */
export async function takeLease(options: LeaseOptions): Promise<boolean> {
  const { postgres, topic, source = outboxTable, holder, leaseMs } = options
  const [taken] = await postgres.execute<{ restored: boolean }>(sql`
    insert into messaging.relays as relay (topic, source, holder, lease_until)
    values (
      ${topic}, ${source.name}, ${holder},
      clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    )
    on conflict (topic) do update
    set source = excluded.source, holder = excluded.holder, lease_until = excluded.lease_until
    where relay.holder = excluded.holder or relay.lease_until is null
      or relay.lease_until < clock_timestamp()
    returning system_identifier <> (pg_control_system()).system_identifier::text as restored
  `)
  if (taken?.restored) await renumber(options)
  return taken !== undefined
}

/** Gives the lease up if `holder` has it, so that a successor need not wait until it runs out. */
export async function releaseLease({
  postgres,
  topic,
  holder,
}: Omit<LeaseOptions, 'leaseMs'>): Promise<void> {
  await postgres.execute(sql`
    update messaging.relays set lease_until = null where topic = ${topic} and holder = ${holder}
  `)
}

/**
 * Fits what a restored dump holds to its new cluster. Transaction ids start low there, so new rows
 * would seem to lie before the cursor and would never be published. What was not published becomes
 * part of this transaction, in order of id, with all that has a higher id; rows below are passed
 * over from now on. New rows have higher ids, as sequences are restored too. Some messages may be
 * published twice, none is lost.
 */
async function renumber(options: LeaseOptions): Promise<void> {
  const { postgres, topic, source = outboxTable, holder } = options
  const { table, transactionId } = source
  await postgres.transaction(async (tx) => {
    await tx.execute(sql`set local statement_timeout = 0`)
    const [cursor] = await tx.execute<{ transaction_id: string; outbox_id: string }>(sql`
      select transaction_id::text, outbox_id::text from messaging.relays
      where topic = ${topic} and holder = ${holder}
        and system_identifier <> (select system_identifier::text from pg_control_system())
      for update
    `)
    if (cursor === undefined) return
    const { transaction_id, outbox_id } = cursor
    const rows = sql`from ${table} waiting where ${source.isOf(topic)}`
    const [restored] = await tx.execute<{ id: string }>(sql`
      select coalesce(
        least(
          (select min(id) - 1 ${rows}
            and (${transactionId}, id) > (${transaction_id}::xid8, ${outbox_id}::bigint)),
          (select min(id) - 1 ${rows} and id > ${outbox_id}::bigint)
        ),
        (select max(id) ${rows}), 0
      )::text as id
    `)
    const id = restored?.id ?? '0'
    await tx.execute(sql`
      update ${table} set ${transactionId} = pg_current_xact_id()
      where ${source.isOf(topic)} and id > ${id}::bigint
    `)
    // What is pruned in commit order must be the first in it.
    if (source.isPruned) {
      await tx.execute(sql`
        update ${table} set ${transactionId} = '0'
        where ${source.isOf(topic)} and id <= ${id}::bigint
      `)
    }
    await tx.execute(sql`
      update messaging.relays
      set transaction_id = '0', outbox_id = ${id}::bigint, restored_id = ${id}::bigint,
        system_identifier = (select system_identifier::text from pg_control_system())
      where topic = ${topic}
    `)
  })
}
