import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Gauge } from 'prom-client'
import type { SettlementsDue } from '../jobs.ts'

/** Most that is counted: whoever has so many to do has a trouble already. */
const COUNTED_MAX = 1_000

/** Measures for Prometheus how much is due to be settled, answered or released. */
export function measureSettlements(registry: Metrics, due: SettlementsDue): void {
  const asked = askOnce(() => due(new Date(), COUNTED_MAX))
  new Gauge({
    name: 'coffer_settlements_due',
    help: 'Settlements, requests and releases of reserves that should have been done by now.',
    registers: [registry],
    async collect() {
      const jobs = await asked()
      if (jobs === undefined) this.remove()
      else this.set(jobs.length)
    },
  })
}
