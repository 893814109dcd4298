import type { ChainId } from '@coffer/money/chain-id'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter, Gauge } from 'prom-client'
import type { Rejection } from '../domain/rejection.ts'
import type { ScanObserver } from '../ports.ts'
import { doubtTelemetry } from './doubt-telemetry.ts'
import { traceAgeGauge } from './trace-age-gauge.ts'
import { witnessTelemetry } from './witness-telemetry.ts'

/** Reasons that tell of an accepted token that is not what it was accepted as. */
const ALARMING: ReadonlySet<string> = new Set<Rejection>([
  'asset_halted',
  'nothing_arrived',
  'contradicted',
])

/** Tells a scan's progress to the log and to Prometheus; one for all chains of a process. */
export function scanTelemetry(metrics: Metrics, logger: Logger): (chain: ChainId) => ScanObserver {
  const progress = progressTelemetry(metrics, logger)
  const witnessed = witnessTelemetry(metrics, logger)
  const doubted = doubtTelemetry(metrics, logger)
  return (chain) => ({
    ...progress(chain),
    witnessed: witnessed(chain),
    doubted: doubted(chain),
  })
}

type Progress = Omit<ScanObserver, 'witnessed' | 'doubted'>

function progressTelemetry(metrics: Metrics, logger: Logger): (chain: ChainId) => Progress {
  const registers = [metrics]
  const labelNames = ['chain'] as const
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers })
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers })

  const head = gauge('coffer_chain_head', 'Newest block that the node has told of.')
  const checkpoint = gauge('coffer_chain_checkpoint', 'Last block whose deposits are stored.')
  const latched = gauge('coffer_chain_latched', '1 while scanning waits for an operator.')
  const blocks = counter('coffer_blocks_scanned_total', 'Blocks that were stored.')
  const found = counter('coffer_deposits_found_total', 'Deposits that were stored.')
  const published = counter('coffer_deposits_published_total', 'Deposits that became final.')
  const rejected = new Counter({
    name: 'coffer_deposits_rejected_total',
    help: 'Transfers to watched addresses that are not credited.',
    labelNames: ['chain', 'reason'] as const,
    registers,
  })
  const reorgs = counter('coffer_reorgs_total', 'Times that blocks were taken back.')
  const reversed = counter('coffer_deposits_reversed_total', 'Published deposits taken back.')

  const traceLag = gauge(
    'coffer_trace_lag_blocks',
    'Scanned blocks from the oldest on whose calls are still to be read.',
  )
  const traceAge = traceAgeGauge(registers)

  return (chain) => ({
    polled({ number }) {
      head.set({ chain }, Number(number))
      // Nobody asks for the head of a chain that is latched.
      latched.set({ chain }, 0)
    },
    advanced(to, facts) {
      checkpoint.set({ chain }, Number(to.number))
      blocks.inc({ chain }, facts.blocks)
      found.inc({ chain }, facts.found)
      published.inc({ chain }, facts.published)
      for (const [reason, times] of Object.entries(facts.rejected ?? {})) {
        rejected.inc({ chain, reason }, times)
        if (ALARMING.has(reason)) {
          logger.error({ chain, reason, times }, 'deposits of an accepted token are not believed')
        }
      }
      logger.debug({ chain, checkpoint: to.number, ...facts }, 'blocks stored')
    },
    rolledBack(to, facts) {
      if (to) checkpoint.set({ chain }, Number(to.number))
      else checkpoint.remove({ chain })
      reorgs.inc({ chain })
      reversed.inc({ chain }, facts.reversed)
      logger.warn({ chain, ancestor: to?.number ?? null, ...facts }, 'reorg: blocks taken back')
    },
    latched(reason) {
      latched.set({ chain }, 1)
      logger.error({ chain, reason }, 'chain latched: nothing is credited until an operator looks')
    },
    traced({ blocks: behind, last }, facts) {
      traceLag.set({ chain }, Number(behind))
      traceAge.reach(chain, behind === 0n ? 'everything' : last?.time)
      if (facts === undefined) return
      found.inc({ chain }, facts.found)
      published.inc({ chain }, facts.published)
      for (const [reason, times] of Object.entries(facts.rejected ?? {})) {
        rejected.inc({ chain, reason }, times)
      }
      logger.debug({ chain, last: last?.number ?? null, behind, ...facts }, 'calls read')
    },
    rescanFailed: (rescan, reason) => logger.error({ chain, rescan, reason }, 'rescan given up'),
    rescanned: (rescan, facts) => logger.info({ chain, rescan, ...facts }, 'blocks rescanned'),
  })
}
