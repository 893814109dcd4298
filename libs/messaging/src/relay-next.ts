import type { Message } from '@coffer/events/event'
import { crashPoint } from '@coffer/runtime/crash-point'
import type { StepResult } from '@coffer/runtime/poll'
import type { Producer } from './ports.ts'

/**
 * What one process's relay of one topic asks of the outbox. Adapters: `relay.ts`,
 * `testing/memory-outbox.ts`.
 */
export type RelayOutbox<Row extends Message = Message> = {
  /** The rows after the cursor, if this process holds the lease; `leaseLeftMs` is 0 if not. */
  readNext(): Promise<{ leaseLeftMs: number; rows: readonly Row[] }>
  /** Takes or renews the lease; false when another process holds it. */
  takeLease(): Promise<boolean>
  /** Moves the cursor to `last` and renews the lease; false when another process took it. */
  advance(last: Row): Promise<boolean>
}

export type RelayNextOptions<Row extends Message> = {
  outbox: RelayOutbox<Row>
  producer: Pick<Producer, 'publish'>
  /** How long the lease lasts that `outbox` takes, milliseconds. */
  leaseMs: number
}

/**
 * One step of a relay: publishes what is next, and is `busy` when there was any; `idle` when there
 * was none or another process holds the lease. A message is passed over only when the broker has
 * acknowledged it, so a crash at any moment repeats messages and loses none.
 */
export const relayNext =
  <Row extends Message>({ outbox, producer, leaseMs }: RelayNextOptions<Row>) =>
  async (): Promise<StepResult> => {
    let next = await outbox.readNext()
    if (next.leaseLeftMs < leaseMs / 2) {
      if (!(await outbox.takeLease())) return 'idle'
      if (next.leaseLeftMs <= 0) next = await outbox.readNext()
    }
    const last = next.rows.at(-1)
    if (last === undefined) return 'idle'
    crashPoint('relay.before-publish')
    await producer.publish(next.rows)
    crashPoint('relay.after-ack')
    return (await outbox.advance(last)) ? 'busy' : 'idle'
  }
