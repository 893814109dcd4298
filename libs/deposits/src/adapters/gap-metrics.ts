import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Gauge } from 'prom-client'
import { postgresGapReader } from './postgres-gap-reader.ts'

/** Measures the gaps that are open, whenever Prometheus asks. */
export function measureGaps(registry: Metrics, postgres: Postgres): void {
  const reader = postgresGapReader(postgres)
  new Gauge({
    name: 'coffer_scan_gap_blocks',
    help: 'Scanned blocks of which something is still owed, by kind of gap.',
    labelNames: ['chain', 'kind'] as const,
    registers: [registry],
    async collect() {
      // With PostgreSQL away there is no figure; the other metrics are still told.
      const counts = await reader.counts().catch(() => [])
      this.reset()
      for (const { chain, kind, blocks } of counts) this.set({ chain, kind }, Number(blocks))
    },
  })
}
