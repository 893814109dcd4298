import { pause } from '@coffer/runtime/backoff'
import type { ConsumerOptions } from '../ports.ts'

/** What every member of a group of Kafka is told, whichever client it has. */
export type KafkaMemberOptions = ConsumerOptions & {
  /** Where a group that has committed nothing yet begins: at the first message, or the next. */
  fromBeginning?: boolean
  /** Called after the handler has succeeded and before its offsets are committed. */
  onHandled?: () => void
  /** A member that says nothing for so long loses its partitions to others, milliseconds. */
  sessionTimeoutMs?: number
  /** How long the broker holds a fetch when there is nothing new, milliseconds. */
  fetchWaitMs?: number
  /** Put before the names of topics and group, so that tests can share a broker. */
  topicPrefix?: string
}

/** How long a consumer that stops may take to say goodbye to its group, milliseconds. */
const GOODBYE_MS = 3_000

/** Leaves a group, so that others take over at once, unless the broker is too slow for it. */
export async function goodbye(leave: () => Promise<void>): Promise<void> {
  const waiting = new AbortController()
  const left = leave()
    .catch(() => undefined)
    .finally(() => waiting.abort())
  await Promise.race([left, pause(GOODBYE_MS, waiting.signal)])
}
