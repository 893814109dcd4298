import type { ChainId } from '@coffer/money/chain-id'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter } from 'prom-client'
import type { ScanObserver } from '../ports.ts'

/** Counts the blocks that reading by logs was not enough for; one for all chains of a process. */
export function doubtTelemetry(
  metrics: Metrics,
  logger: Logger,
): (chain: ChainId) => ScanObserver['doubted'] {
  const doubted = new Counter({
    name: 'coffer_blocks_doubted_total',
    help: 'Blocks read by logs whose receipts had to be read, for their logs prove too little.',
    labelNames: ['chain'] as const,
    registers: [metrics],
  })
  return (chain) => (height, doubt) => {
    doubted.inc({ chain })
    logger.debug({ chain, height, doubt }, 'receipts read: the logs of a block prove too little')
  }
}
