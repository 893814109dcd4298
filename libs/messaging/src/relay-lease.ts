import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

export type LeaseOptions = { postgres: Postgres; topic: string; holder: string; leaseMs: number }

/**
 * Takes or renews the lease of a topic's relay, by the database's clock; false when another holds
 * it. Whoever holds it finds a cursor that counts the transactions of this very cluster.
 */
export async function takeLease(options: LeaseOptions): Promise<boolean> {
  const { postgres, topic, holder, leaseMs } = options
  const [taken] = await postgres.execute<{ restored: boolean }>(sql`
    insert into messaging.relays as relay (topic, holder, lease_until)
    values (${topic}, ${holder}, clock_timestamp() + make_interval(secs => ${leaseMs / 1000}))
    on conflict (topic) do update
    set holder = excluded.holder, lease_until = excluded.lease_until
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
 * Fits the outbox of a database that was restored from a dump to its new cluster. Transaction ids
 * start low there, so new rows would seem to lie before the cursor and would never be published.
 * What was published becomes transaction 0, with the cursor behind it; what was not becomes part
 * of this transaction. Rows written since the restore have ids above the cursor's, as sequences
 * are restored too. Some messages may be published twice, none is lost.
 */
async function renumber({ postgres, topic, holder }: LeaseOptions): Promise<void> {
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
    await tx.execute(sql`
      update messaging.outbox
      set transaction_id = case
        when (transaction_id, id) > (${transaction_id}::xid8, ${outbox_id}::bigint)
          or id > ${outbox_id}::bigint then pg_current_xact_id()
        else '0'
      end
      where topic = ${topic}
    `)
    await tx.execute(sql`
      update messaging.relays
      set transaction_id = '0', outbox_id = ${outbox_id}::bigint,
        system_identifier = (select system_identifier::text from pg_control_system())
      where topic = ${topic}
    `)
  })
}
