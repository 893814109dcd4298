import { AppError } from '@coffer/errors/app-error'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { takeTime } from '@coffer/postgres/take-time'
import { sql } from 'drizzle-orm'
import { type OutboxSource, outboxTable } from './outbox-source.ts'

export type LeaseOptions = {
  postgres: Postgres
  topic: string
  source?: OutboxSource
  holder: string
  leaseMs: number
  broker?: RelayBroker
}

/** Which broker a relay publishes to, and which it may take a topic over from. */
export type RelayBroker = { name: string; before?: string }

/**
 * Takes or renews the lease of a topic's relay, by the database's clock; false when another holds
 * it. Whoever holds it finds a cursor that counts the transactions of this very cluster. Throws
 * {@link BrokerMovedError} rather than publish to another broker than the topic's last relay.
 */
export async function takeLease(options: LeaseOptions): Promise<boolean> {
  const { postgres, topic, source = outboxTable, holder, leaseMs, broker } = options
  const [taken] = await postgres.execute<{ restored: boolean }>(sql`
    insert into messaging.relays as relay (topic, source, holder, broker, lease_until)
    values (
      ${topic}, ${source.name}, ${holder}, ${broker?.name ?? null},
      clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    )
    on conflict (topic) do update
    set source = excluded.source, holder = excluded.holder, lease_until = excluded.lease_until,
      broker = coalesce(excluded.broker, relay.broker)
    where (
        relay.holder = excluded.holder or relay.lease_until is null
        or relay.lease_until < clock_timestamp()
      ) and (
        relay.broker is null or excluded.broker is null
        or relay.broker in (excluded.broker, ${broker?.before ?? null})
      )
    returning system_identifier <> (pg_control_system()).system_identifier::text as restored
  `)
  if (taken?.restored) await renumber(options)
  if (taken === undefined) await requireSameBroker(options)
  return taken !== undefined
}

/** Throws {@link BrokerMovedError} when nobody has the lease, but this process must not have it. */
async function requireSameBroker({ postgres, topic, broker }: LeaseOptions): Promise<void> {
  if (broker === undefined) return
  const [moved] = await postgres.execute<{ broker: string }>(sql`
    select broker from messaging.relays
    where topic = ${topic} and (lease_until is null or lease_until < clock_timestamp())
      and broker <> ${broker.name} and broker is distinct from ${broker.before ?? null}
  `)
  if (moved) throw new BrokerMovedError({ topic, moved: moved.broker, configured: broker.name })
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
    await takeTime(tx)
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

/** Publishing to two brokers in turn would mix up the order of owners' messages. */
export class BrokerMovedError extends AppError {
  readonly code = 'BROKER_MOVED'

  constructor(facts: { topic: string; moved: string; configured: string }) {
    const { topic, moved, configured } = facts
    super(
      `${topic} is published to ${moved}, and this process is to publish it to ${configured}. ` +
        `Expected MESSAGING=${moved}; or, to move everything to ${configured}, MESSAGING_BEFORE=` +
        `${moved} beside it, once no other move is under way.`,
      { retry: 'retry', details: facts },
    )
  }
}
