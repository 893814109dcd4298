import type { Message } from '@coffer/events/event'
import { MESSAGE_BYTES_MAX, messageBytes } from '../outbox.ts'

/** Offsets, lengths and timestamps that go with each record. */
const OVERHEAD_BYTES = 64

/**
 * Parts of `messages` that no broker refuses for their size: Kafka's clients make one record batch
 * of all that a send brings to a partition, and the limit is the record batch's.
 */
export function* messageChunks(messages: readonly Message[]): Generator<readonly Message[]> {
  let chunk: Message[] = []
  let bytes = 0
  for (const message of messages) {
    const size = messageBytes(message) + OVERHEAD_BYTES
    if (chunk.length > 0 && bytes + size > MESSAGE_BYTES_MAX) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(message)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}
