import type { ChainId } from '@coffer/money/chain-id'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter, Gauge } from 'prom-client'
import type { ScanObserver } from '../ports.ts'

/** Questions without a quorum, in a row, after which it is no mere lag any more. */
const UNAGREED_ALARM = 4

/** Tells whether other endpoints bear out what is to be final. */
export function witnessTelemetry(
  metrics: Metrics,
  logger: Logger,
): (chain: ChainId) => ScanObserver['witnessed'] {
  const registers = [metrics]
  const labelNames = ['chain'] as const
  const unagreed = new Gauge({
    name: 'coffer_chain_unagreed',
    help: 'Times in a row that too few endpoints had the block that is to be final.',
    ...{ labelNames, registers },
  })
  const contradicted = new Counter({
    name: 'coffer_chain_contradicted_total',
    help: 'Times that a quorum of endpoints had another block than was scanned.',
    ...{ labelNames, registers },
  })
  return (chain) => (witnessing) => {
    const { result, height, ...facts } = witnessing
    unagreed.set({ chain }, result === 'none' ? witnessing.failures : 0)
    if (result === 'other') {
      contradicted.inc({ chain })
      logger.error({ chain, height, ...facts }, 'other endpoints have another block than ours')
    }
    if (result === 'none' && witnessing.failures >= UNAGREED_ALARM) {
      logger.error({ chain, height, ...facts }, 'nothing becomes final: no quorum of endpoints')
    }
  }
}
