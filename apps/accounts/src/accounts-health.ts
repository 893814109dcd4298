import type { HealthProbes } from '@coffer/http/health-server'
import { relayLag } from '@coffer/messaging/relay'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Metrics } from '@coffer/telemetry/metrics'

/** The account service is ready while PostgreSQL answers; its lag is in the metrics. */
export const accountsHealth = (postgres: Postgres, metrics: Metrics): HealthProbes => ({
  live: () => true,
  async ready() {
    const lag = await relayLag(postgres).catch(() => undefined)
    return { ready: lag !== undefined, checks: { postgres: lag ? 'answers' : 'does not answer' } }
  },
  metrics: () => metrics.metrics(),
})
