import type { Message } from '@coffer/events/event'
import { pause } from '@coffer/runtime/backoff'
import { crashPoint } from '@coffer/runtime/crash-point'
import type { StepResult } from '@coffer/runtime/poll'
import type { Producer } from './ports.ts'
import { tracePublishing } from './trace-messages.ts'

/**
 * What one process's relay of one topic asks of the outbox. Adapters: `relay.ts`,
 * `testing/memory-outbox.ts`.
 */
export type RelayOutbox<Row extends Message = Message> = {
  /**
   * The rows after the cursor, or after `last` that lies behind it, if this process holds the
   * lease; `leaseLeftMs` is 0 if not. `isFull` when there may be more.
   */
  readNext(last?: Row): Promise<NextRows<Row>>
  /** Takes or renews the lease; false when another process holds it. */
  takeLease(): Promise<boolean>
  /** Moves the cursor to `last` and renews the lease; false when another process took it. */
  advance(last: Row): Promise<boolean>
}

export type NextRows<Row> = {
  /** Of the lease when they were read. */
  leaseLeftMs: number
  rows: readonly Row[]
  isFull: boolean
}

export type RelayNextOptions<Row extends Message> = {
  outbox: RelayOutbox<Row>
  producer: Pick<Producer, 'publish'>
  /** How long the lease lasts that `outbox` takes, milliseconds. */
  leaseMs: number
  /** Pause after a step that published fewer than it might have, milliseconds. Default: 0. */
  lingerMs?: number | undefined
}

/**
 * One step of a relay: publishes what is next, and is `busy` when there was any; `idle` when there
 * was none or another process holds the lease. A message is passed over only when the broker has
 * acknowledged it, so a crash at any moment repeats messages and loses none. While the broker
 * stores many, those behind them are read.
 */
export function relayNext<Row extends Message>(
  options: RelayNextOptions<Row>,
): () => Promise<StepResult> {
  const { outbox, producer, leaseMs, lingerMs = 0 } = options
  let ahead: { reading: Promise<NextRows<Row>>; sinceMs: number } | undefined

  const readNow = async () => {
    const before = ahead
    // Also when it has failed: then everything is read anew.
    ahead = undefined
    const read = await before?.reading
    if (before === undefined || read === undefined || read.rows.length === 0) {
      return await outbox.readNext()
    }
    // Another process may have it by now, and may have published these rows and more.
    return { ...read, leaseLeftMs: read.leaseLeftMs - (performance.now() - before.sinceMs) }
  }

  const publish = async (rows: readonly Row[], last: Row) => {
    crashPoint('relay.before-publish')
    const published = tracePublishing(rows)
    await producer.publish(rows)
    published()
    crashPoint('relay.after-ack')
    return await outbox.advance(last)
  }

  return async () => {
    let next = await readNow()
    if (next.leaseLeftMs < leaseMs / 2) {
      if (!(await outbox.takeLease())) return 'idle'
      if (next.leaseLeftMs <= 0) next = await outbox.readNext()
    }
    const last = next.rows.at(-1)
    if (last === undefined) return 'idle'
    const sinceMs = performance.now()
    const reading = next.isFull ? outbox.readNext(last) : undefined
    // It may fail before anybody waits for it.
    reading?.catch(() => undefined)
    if (!(await publish(next.rows, last))) return 'idle'
    ahead = reading && { reading, sinceMs }
    if (!next.isFull && lingerMs > 0) await pause(lingerMs)
    return 'busy'
  }
}
