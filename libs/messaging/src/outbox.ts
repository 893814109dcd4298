import { AppError } from '@coffer/errors/app-error'
import type { Message } from '@coffer/events/event'
import { jsonArray, textArray } from '@coffer/postgres/binary-array'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

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
  for (const message of messages) {
    const bytes = messageBytes(message)
    if (bytes > MESSAGE_BYTES_MAX) throw new MessageTooLargeError({ message, bytes })
  }
  const topics = messages.map(({ topic }) => topic)
  const keys = messages.map(({ key }) => key)
  const headers = messages.map((message) => JSON.stringify(message.headers))
  const values = messages.map(({ value }) => value)
  // Ids are given in the order in which the rows arrive at the insert, hence the ORDER BY.
  await tx.execute(sql`
    insert into messaging.outbox (topic, key, headers, value)
    select topic, key, headers, value
    from unnest(
      ${textArray(topics)}::text[], ${textArray(keys)}::text[],
      ${jsonArray(headers)}::jsonb[], ${textArray(values)}::text[]
    ) with ordinality as message (topic, key, headers, value, position)
    order by position
  `)
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
