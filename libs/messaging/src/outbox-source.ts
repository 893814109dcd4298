import type { Message } from '@coffer/events/event'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'

/** Where a row stands among those of its table: they leave in this order. */
export type RowPlace = { transactionId: string; id: string }

type Row = Record<string, unknown>

/**
 * A table whose committed rows a relay owes to the broker. Each row has an `id` that grows and the
 * id of the transaction that wrote it, under one index in the order (transaction, id).
 */
export type OutboxSource = {
  /** Of the table, such as `messaging.outbox`. */
  name: string
  table: SQL
  /** Column of the writing transaction's id. */
  transactionId: SQL
  /** Column of the time when a row was written. */
  writtenAt: SQL
  /** Which rows the topic's relay publishes. */
  isOf(topic: string): SQL
  /** What messages are made of, selected from a row that is called `waiting`. */
  columns: SQL
  /** The messages of each of the rows that were read, in their places. */
  messages(postgres: Postgres, rows: readonly Row[]): Promise<(readonly Message[])[]>
  /** Whether published rows are deleted after a while. */
  isPruned: boolean
}

/** The table that `enqueue` writes to. */
export const outboxTable: OutboxSource = {
  name: 'messaging.outbox',
  table: sql.raw('messaging.outbox'),
  transactionId: sql.raw('transaction_id'),
  writtenAt: sql.raw('created_at'),
  isOf: (topic) => sql`topic = ${topic}`,
  columns: sql.raw('waiting.topic, waiting.key, waiting.headers, waiting.value, waiting.is_many'),
  messages: async (_, rows) => rows.map(messagesIn),
  isPruned: true,
}

/** The messages of a row of the outbox, in their order. */
export function messagesIn(row: Row): readonly Message[] {
  const { topic, key, headers, value, is_many: isMany } = row as OutboxRow
  if (!isMany) return [{ topic, key, headers, value }]
  const many = JSON.parse(value) as ManyMessages
  return many.map(([key, headers, value]) => ({ topic, key, headers, value }))
}

type OutboxRow = Message & { is_many: boolean }

/** What a row of several messages has as its value, in JSON. */
export type ManyMessages = readonly [
  key: string,
  headers: Readonly<Record<string, string>>,
  value: string,
][]
