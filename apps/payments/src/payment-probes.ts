import type { HealthProbes } from '@coffer/http/health'
import { postgresProbes } from '@coffer/http/postgres-probes'
import { measurePayments } from '@coffer/payments/payment-metrics'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Metrics } from '@coffer/telemetry/metrics'

/** Probes of the process, which tells of what waits, too. */
export function paymentProbes(postgres: Postgres, metrics: Metrics): HealthProbes {
  measurePayments(metrics, postgres)
  return postgresProbes(postgres, metrics)
}
