import type { Message } from '@coffer/events/event'
import type { RelayOutbox } from '../relay-next.ts'

type Row = Message & { place: number }

export type MemoryOutbox = {
  enqueue(messages: readonly Message[]): void
  /** The outbox of one topic as the relay `holder` has it; its lease lasts until it is ended. */
  relay(topic: string, options: { holder: string; batchSize: number }): RelayOutbox<Row>
  /** Lets the lease of a topic's relay run out. */
  endLease(topic: string): void
  /** All that was ever enqueued of a topic, in this order. */
  messages(topic: string): Message[]
  /** Messages of a topic that no relay has passed over yet. */
  waiting(topic: string): number
}

/** An outbox in memory, whose relays behave as those in PostgreSQL do. */
export function memoryOutbox({ leaseMs }: { leaseMs: number }): MemoryOutbox {
  const rows: Row[] = []
  const relays = new Map<string, { holder: string | null; isLeased: boolean; cursor: number }>()
  const relayOf = (topic: string) => {
    const relay = relays.get(topic) ?? { holder: null, isLeased: false, cursor: 0 }
    relays.set(topic, relay)
    return relay
  }
  const after = (topic: string) => {
    const { cursor } = relayOf(topic)
    return rows.filter((row) => row.topic === topic && row.place > cursor)
  }
  return {
    enqueue(messages) {
      for (const message of messages) rows.push({ ...message, place: rows.length + 1 })
    },
    endLease(topic) {
      relayOf(topic).isLeased = false
    },
    messages: (topic) => rows.filter((row) => row.topic === topic),
    waiting: (topic) => after(topic).length,
    relay: (topic, { holder, batchSize }) => ({
      async readNext(last) {
        const { holder: current, isLeased } = relayOf(topic)
        if (current !== holder || !isLeased) return { leaseLeftMs: 0, rows: [], isFull: false }
        const waiting = after(topic).filter(({ place }) => place > (last?.place ?? 0))
        const found = waiting.slice(0, batchSize)
        return { leaseLeftMs: leaseMs, rows: found, isFull: found.length === batchSize }
      },
      async takeLease() {
        const relay = relayOf(topic)
        if (relay.isLeased && relay.holder !== holder) return false
        Object.assign(relay, { holder, isLeased: true })
        return true
      },
      async advance(last) {
        const relay = relayOf(topic)
        if (relay.holder !== holder) return false
        Object.assign(relay, { cursor: last.place, isLeased: true })
        return true
      },
    }),
  }
}
