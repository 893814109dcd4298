import type { Delivery, RawMessage } from './ports.ts'

/** A message that tells nothing yet. */
export const emptyMessage = (): RawMessage => ({
  partition: 0,
  offset: 0,
  bytes: Buffer.alloc(0),
  keyStart: 0,
  keyEnd: 0,
  valueStart: 0,
  valueEnd: 0,
  headers: [],
  headersCount: 0,
})

/** The message in a form that can be kept. */
export function deliveryOf(message: RawMessage, topic: string): Delivery {
  const { partition, offset, bytes, headers } = message
  const text = (start = 0, end = 0) => bytes.toString('utf8', start, end)
  const named: Record<string, string> = {}
  for (let at = 0; at < 4 * message.headersCount; at += 4) {
    named[text(headers[at], headers[at + 1])] = text(headers[at + 2], headers[at + 3])
  }
  return {
    topic,
    partition,
    offset: `${offset}`,
    key: text(message.keyStart, message.keyEnd),
    headers: named,
    value: text(message.valueStart, message.valueEnd),
  }
}
