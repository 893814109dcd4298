import type { Postgres } from '@coffer/postgres/open-postgres'
import { pause } from '@coffer/runtime/backoff'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter, Gauge } from 'prom-client'
import type { Messaging } from '../open-messaging.ts'
import type { Delivery, GroupReader } from '../ports.ts'
import { type RelayedFrom, relayLag } from '../relay-lag.ts'

/** What waits for the broker: see `relayLag`. */
function measureOutbox(
  registry: Metrics,
  postgres: Postgres,
  others: readonly RelayedFrom[] = [],
): void {
  const registers = [registry]
  const labelNames = ['topic'] as const
  // With PostgreSQL away there is no figure; the other metrics are still told.
  const lags = askOnce(() => relayLag(postgres, others))
  new Gauge({
    name: 'coffer_outbox_oldest_seconds',
    help: 'Age of the message that has waited longest for the broker.',
    labelNames,
    registers,
    async collect() {
      const told = await lags()
      this.reset()
      for (const { topic, oldestAgeSeconds } of told ?? []) this.set({ topic }, oldestAgeSeconds)
    },
  })
  new Gauge({
    name: 'coffer_outbox_rows',
    help: 'Messages that wait for the broker, counted to 100,000.',
    labelNames,
    registers,
    async collect() {
      const told = await lags()
      this.reset()
      for (const { topic, rows } of told ?? []) this.set({ topic }, rows)
    },
  })
}

/** A broker that takes longer than this is not waited for when Prometheus asks, milliseconds. */
const WAIT_MS = 2_000

type Measured = {
  postgres: Postgres
  messaging: Pick<Messaging, 'backlog'>
  /** As whom the process reads. */
  reader: GroupReader
  /** What it relays from elsewhere than the table of the outbox. */
  others?: readonly RelayedFrom[]
}

/** Measures what waits on both sides of the broker, whenever Prometheus asks. */
export function measureMessaging(registry: Metrics, measured: Measured): void {
  measureOutbox(registry, measured.postgres, measured.others)
  measureBacklog(registry, measured)
}

function measureBacklog(registry: Metrics, { messaging, reader }: Measured): void {
  const { group, topics } = reader
  const backlog = askOnce(() => messaging.backlog({ group, topics }))
  new Gauge({
    name: 'coffer_consumer_backlog',
    help: 'Messages that a consumer group has yet to handle.',
    labelNames: ['group'],
    registers: [registry],
    async collect() {
      const waiting = await Promise.race([backlog(), pause(WAIT_MS)])
      this.reset()
      if (waiting !== undefined) this.set({ group }, waiting)
    },
  })
}

const DEAD_LETTERS = 'coffer_dead_letters_total'

/** Counts messages that went to a dead letter topic, one count for all consumers of a process. */
export function countDeadLetters(registry: Metrics): (delivery: Delivery) => void {
  const counter = (registry.getSingleMetric(DEAD_LETTERS) ?? newCounter(registry)) as DeadLetters
  return ({ topic }) => counter.inc({ topic })
}

type DeadLetters = Counter<'topic'>

const newCounter = (registry: Metrics): DeadLetters =>
  new Counter({
    name: DEAD_LETTERS,
    help: 'Messages that could not be handled and wait for an operator.',
    labelNames: ['topic'],
    registers: [registry],
  })
