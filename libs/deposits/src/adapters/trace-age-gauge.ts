import type { ChainId } from '@coffer/money/chain-id'
import { Gauge, type Registry } from 'prom-client'

/** How far reading calls has got: to a block of this time, or to all that is scanned. */
type Reached = Date | 'everything'

/**
 * The gauge that tells how old the last block is whose calls are read, whenever it is asked: it
 * grows while nothing is read. 0 where nothing is owed; absent before the first block.
 */
export function traceAgeGauge(registers: Registry[]) {
  const reached = new Map<ChainId, Reached>()
  const gauge = new Gauge({
    name: 'coffer_trace_lag_seconds',
    help: 'Age of the last block whose calls are read; 0 when no call is owed.',
    labelNames: ['chain'] as const,
    registers,
    collect() {
      for (const [chain, to] of reached) {
        const seconds = to === 'everything' ? 0 : (Date.now() - to.getTime()) / 1_000
        gauge.set({ chain }, Math.max(0, seconds))
      }
    },
  })
  return {
    /** Remembers how far it has got; `undefined` is not known. */
    reach(chain: ChainId, to: Reached | undefined): void {
      if (to !== undefined) reached.set(chain, to)
    },
  }
}
