import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter, Gauge } from 'prom-client'
import type { Delivery } from '../ports.ts'
import { type RelayedFrom, relayLag } from '../relay-lag.ts'

/** Measures what waits for the broker, whenever Prometheus asks. See `relayLag`. */
export function measureOutbox(
  registry: Metrics,
  postgres: Postgres,
  others: readonly RelayedFrom[] = [],
): void {
  const registers = [registry]
  const labelNames = ['topic'] as const
  const age = new Gauge({
    name: 'coffer_outbox_oldest_seconds',
    help: 'Age of the message that has waited longest for the broker.',
    labelNames,
    registers,
  })
  new Gauge({
    name: 'coffer_outbox_rows',
    help: 'Messages that wait for the broker, counted to 100,000.',
    labelNames,
    registers,
    async collect() {
      // With PostgreSQL away there is no figure; the other metrics are still told.
      const lags = await relayLag(postgres, others).catch(() => [])
      this.reset()
      age.reset()
      for (const { topic, rows, oldestAgeSeconds } of lags) {
        this.set({ topic }, rows)
        age.set({ topic }, oldestAgeSeconds)
      }
    },
  })
}

/** Counts messages that went to a dead letter topic. */
export function countDeadLetters(registry: Metrics): (delivery: Delivery) => void {
  const counter = new Counter({
    name: 'coffer_dead_letters_total',
    help: 'Messages that could not be handled and wait for an operator.',
    labelNames: ['topic'],
    registers: [registry],
  })
  return ({ topic }) => counter.inc({ topic })
}
