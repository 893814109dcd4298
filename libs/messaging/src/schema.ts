import { transactionIdColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'

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
    /** Whether the value is of several messages of the topic: see `owedTogether`. */
    isMany: boolean().default(false).notNull(),
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

/**
 * What became of dead letters, by where they lie in their own topic, which holds what they say. One
 * that has no row waits for an operator.
 */
export const deadLetters = messagingSchema.table(
  'dead_letters',
  {
    /** The dead letter topic. */
    topic: text().notNull(),
    partition: integer().notNull(),
    offset: bigint({ mode: 'bigint' }).notNull(),
    /** When it was last published again to where it came from. */
    redrivenAt: timestamp({ withTimezone: true }),
    /** When the consumer that had given it up has handled it after all. */
    handledAt: timestamp({ withTimezone: true }),
    /** When that consumer gave it up once more: the new dead letter takes its place. */
    returnedAt: timestamp({ withTimezone: true }),
    discardedAt: timestamp({ withTimezone: true }),
    /** Why an operator discarded it. */
    reason: text(),
  },
  (table) => [primaryKey({ columns: [table.topic, table.partition, table.offset] })],
)
