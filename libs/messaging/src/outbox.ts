import { AppError } from '@coffer/errors/app-error'
import type { Message } from '@coffer/events/event'
import { jsonArray, textArray } from '@coffer/postgres/binary-array'
import { asOne, type Filled, fixedStatement } from '@coffer/postgres/fixed-statement'
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
  await tx.execute(asOne([owed(messages)]))
}

/** The statement of {@link enqueue}, to be run at once with others. Throws as that does. */
export function owed(messages: readonly Message[]): Filled {
  for (const message of messages) {
    const bytes = messageBytes(message)
    if (bytes > MESSAGE_BYTES_MAX) throw new MessageTooLargeError({ message, bytes })
  }
  return insertMessages(messages)
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
