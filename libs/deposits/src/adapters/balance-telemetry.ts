import type { ChainId } from '@coffer/money/chain-id'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter, Gauge } from 'prom-client'
import type { BalanceObserver } from '../balance-ports.ts'

/** Tells of the balance proof to the log and to Prometheus; one for all chains of a process. */
export function balanceTelemetry(
  metrics: Metrics,
  logger: Logger,
): (chain: ChainId) => BalanceObserver {
  const registers = [metrics]
  const labelNames = ['chain'] as const
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers })
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers })
  const height = gauge('coffer_balance_proof_height', 'Block at which balances were proven last.')
  const open = gauge('coffer_balance_proof_differences', 'Balances that nothing explains.')
  const holdings = counter('coffer_balance_proof_holdings_total', 'Balances that were looked at.')
  const skipped = counter('coffer_balance_proof_skipped_total', 'Times that a state was gone.')
  return (chain) => ({
    proven(facts) {
      height.set({ chain }, Number(facts.to))
      open.set({ chain }, facts.open)
      holdings.inc({ chain }, facts.holdings)
      if (facts.explained > 0) {
        logger.info({ chain, ...facts }, 'deposits explain balances that differed')
      }
    },
    differs: (difference) =>
      logger.error({ chain, ...difference }, 'a balance is not what deposits explain'),
    skipped(skip) {
      skipped.inc({ chain })
      logger.warn({ chain, ...skip }, 'balances were not proven: states are gone')
    },
  })
}
