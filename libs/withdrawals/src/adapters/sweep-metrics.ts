import type { Metrics } from '@coffer/telemetry/metrics'
import { Gauge } from 'prom-client'
import type { SweepSettings } from '../domain/sweep-settings.ts'
import type { SweepRooms } from '../sweep-ports.ts'

const DAY_MS = 86_400_000

/** Measures for Prometheus what sweeps have spent of their budgets, whenever it asks. */
export function measureSweeps(
  registry: Metrics,
  rooms: SweepRooms,
  settings: readonly Pick<SweepSettings, 'chain' | 'budget'>[],
): void {
  new Gauge({
    name: 'coffer_sweep_budget_used_ratio',
    help: 'How much of what sweeps may cost in 24 hours was spent in the last 24, from 0 to 1.',
    labelNames: ['chain'],
    registers: [registry],
    async collect() {
      this.reset()
      const since = new Date(Date.now() - DAY_MS)
      for (const { chain, budget } of settings) {
        const spent = await rooms((room) => room.spent(chain, since)).catch(() => undefined)
        // Parts of ten thousand, as the budget is more than a float holds.
        if (spent !== undefined) this.set({ chain }, Number((spent * 10_000n) / budget) / 10_000)
      }
    },
  })
}
