import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Metrics } from '@coffer/telemetry/metrics'
import type { HealthProbes } from './health.ts'

/**
 * Probes of a process that can do its work while PostgreSQL answers. Kafka is not asked: while it
 * is away such a process stores what it owes, and its lag tells.
 */
export const postgresProbes = (postgres: Postgres, metrics: Metrics): HealthProbes => ({
  live: () => true,
  async ready() {
    const answered = await postgres.execute('select 1').then(
      () => true,
      () => false,
    )
    return {
      ready: answered,
      checks: { postgres: answered ? 'answers' : 'does not answer' },
    }
  },
  metrics: () => metrics.metrics(),
})
