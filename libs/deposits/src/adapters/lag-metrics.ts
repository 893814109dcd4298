import type { Postgres } from '@coffer/postgres/open-postgres'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Gauge } from 'prom-client'
import type { ChainStatus } from '../read-ports.ts'
import { postgresChainStatuses } from './postgres-chain-statuses.ts'

/** Measures how far scans are behind, whenever Prometheus asks. */
export function measureLag(registry: Metrics, postgres: Postgres): void {
  const statuses = postgresChainStatuses(postgres)
  // With PostgreSQL away there is no figure; the other metrics are still told.
  const asked = askOnce(() => statuses.all())
  const gauge = (name: string, help: string, read: (status: ChainStatus) => number | null) =>
    new Gauge({
      ...{ name, help, labelNames: ['chain'] as const, registers: [registry] },
      async collect() {
        const all = await asked()
        this.reset()
        for (const status of all ?? []) {
          const value = read(status)
          if (value !== null) this.set({ chain: status.chain }, value)
        }
      },
    })
  gauge('coffer_chain_lag_blocks', 'Blocks between the head and the checkpoint.', lagBlocks)
  gauge(
    'coffer_chain_lag_seconds',
    'Age of the last block that is stored; 0 when there is no later one.',
    ({ lagSeconds }) => lagSeconds,
  )
}

const lagBlocks = ({ head, checkpoint }: ChainStatus): number | null =>
  head === null || checkpoint === null ? null : Math.max(0, Number(head - checkpoint))
