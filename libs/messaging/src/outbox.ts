import { AppError } from '@coffer/errors/app-error'
import type { Message } from '@coffer/events/event'
import { jsonArray, textArray } from '@coffer/postgres/binary-array'
import { asOne, type Filled, fixedStatement } from '@coffer/postgres/fixed-statement'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { ManyMessages } from './outbox-source.ts'

/**
 * Most bytes of one message, headers and key included. Kafka's brokers refuse record batches above
 * 1,048,588 bytes by default; the rest is room for the headers that dead letters get.
 */
export const MESSAGE_BYTES_MAX = 1_000_000

/**
 * Writes `messages` into the outbox, so that they are published if and only if `tx` commits.
 * Messages of one topic leave in the order given. Throws {@link MessageTooLargeError} rather than
 * accept what no broker would: such a row would hold up its topic for ever.
 */
export async function enqueue(tx: Transaction, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return
  for (const message of messages) requireFitting(message)
  await tx.execute(asOne([insertMessages(messages)]))
}

/** Most messages of one row. A relay reads hundreds of rows at once. */
const TOGETHER_MAX = 16

/**
 * The statement that writes `messages` as {@link enqueue} does, but many to a row: for whoever
 * writes so many that each row with its indexes would count. To be run at once with others.
 */
export function owedTogether(messages: readonly Message[]): Filled {
  for (const message of messages) requireFitting(message)
  const topics = Map.groupBy(messages, ({ topic }) => topic)
  const rows = [...topics].flatMap(([topic, all]) =>
    Array.from({ length: Math.ceil(all.length / TOGETHER_MAX) }, (_, row) => {
      const some = all.slice(row * TOGETHER_MAX, (row + 1) * TOGETHER_MAX)
      const many: ManyMessages = some.map(({ key, headers, value }) => [key, headers, value])
      return { topic, value: JSON.stringify(many) }
    }),
  )
  return insertMany(rows)
}

const insertMany = fixedStatement<readonly Pick<Message, 'topic' | 'value'>[]>(
  (value) => sql`
    insert into messaging.outbox (topic, key, headers, value, is_many)
    select topic, '', '{}', value, true
    from unnest(
      ${value((rows) => textArray(rows.map(({ topic }) => topic)))}::text[],
      ${value((rows) => textArray(rows.map((row) => row.value)))}::text[]
    ) with ordinality as message (topic, value, position)
    order by position`,
)

function requireFitting(message: Message): void {
  // A character is three bytes at most, and those are quicker told.
  if (3 * charactersOf(message) <= MESSAGE_BYTES_MAX) return
  const bytes = messageBytes(message)
  if (bytes > MESSAGE_BYTES_MAX) throw new MessageTooLargeError({ message, bytes })
}

const insertMessages = fixedStatement<readonly Message[]>((value) => {
  const texts = (text: (message: Message) => string) =>
    value((messages) => textArray(messages.map(text)))
  const headers = value((messages) =>
    jsonArray(messages.map((message) => JSON.stringify(message.headers))),
  )
  // Ids are given in the order in which the rows arrive at the insert, hence the ORDER BY.
  return sql`
    insert into messaging.outbox (topic, key, headers, value)
    select topic, key, headers, value
    from unnest(
      ${texts(({ topic }) => topic)}::text[], ${texts(({ key }) => key)}::text[],
      ${headers}::jsonb[], ${texts(({ value }) => value)}::text[]
    ) with ordinality as message (topic, key, headers, value, position)
    order by position`
})

function charactersOf({ key, headers, value }: Message): number {
  let characters = key.length + value.length
  for (const name in headers) characters += name.length + (headers[name]?.length ?? 0)
  return characters
}

/** The size of `message` as it counts against {@link MESSAGE_BYTES_MAX}. */
export function messageBytes({ key, headers, value }: Message): number {
  let bytes = Buffer.byteLength(key) + Buffer.byteLength(value)
  for (const [name, text] of Object.entries(headers)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(text)
  }
  return bytes
}

/** The broker would refuse this message for ever. */
export class MessageTooLargeError extends AppError {
  readonly code = 'MESSAGE_TOO_LARGE'

  constructor({ message, bytes }: { message: Message; bytes: number }) {
    super(
      `A message of ${bytes} bytes for ${message.topic} is too large. Expected at most ` +
        `${MESSAGE_BYTES_MAX} bytes: divide what it says among several events.`,
      { retry: 'never', details: { topic: message.topic, key: message.key, bytes } },
    )
  }
}
