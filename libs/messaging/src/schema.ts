import { transactionIdColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgSchema, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

export const messagingSchema = pgSchema('messaging')

/**
 * Messages that a committed transaction owes the broker. A row is written in the transaction whose
 * effect it announces, and its topic's relay publishes it after that has committed.
 */
export const outbox = messagingSchema.table(
  'outbox',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().notNull(),
    /** The writing transaction: ids alone would lose a row that commits after a later one. */
    transactionId: transactionIdColumn().default(sql`pg_current_xact_id()`).notNull(),
    topic: text().notNull(),
    key: text().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull(),
    value: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.id] }),
    index('outbox_in_commit_order').on(table.topic, table.transactionId, table.id),
  ],
)

/** How far each topic's relay has published: everything up to this row was acknowledged. */
export const relays = messagingSchema.table('relays', {
  topic: text().primaryKey(),
  /** The table whose rows it publishes. */
  source: text().default('messaging.outbox').notNull(),
  transactionId: transactionIdColumn().default(sql`'0'`).notNull(),
  outboxId: bigint({ mode: 'bigint' }).default(sql`0`).notNull(),
  /** Rows up to this one were published before the database was restored from a dump. */
  restoredId: bigint({ mode: 'bigint' }).default(sql`0`).notNull(),
  /** Identifies the cluster that these transaction ids belong to: a restored copy counts anew. */
  systemIdentifier: text().default(sql`(pg_control_system()).system_identifier::text`).notNull(),
  /** The broker that its messages went to last; none other may be taken without being told to. */
  broker: text(),
  /** The process that publishes now. Another may take over when the lease has run out. */
  holder: text(),
  leaseUntil: timestamp({ withTimezone: true }),
})

/** Events that a consumer has handled, written in the transaction that handled them. */
export const inbox = messagingSchema.table(
  'inbox',
  {
    consumer: text().notNull(),
    eventId: text().notNull(),
    handledAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
  },
  (table) => [primaryKey({ columns: [table.consumer, table.eventId] })],
)
