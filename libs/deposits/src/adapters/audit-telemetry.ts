import type { ChainId } from '@coffer/money/chain-id'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter, Gauge } from 'prom-client'
import type { AuditObserver } from '../audit-ports.ts'
import type { AuditFindingKind } from '../domain/audit.ts'

/** Tells what audits find to the log and to Prometheus; one for all chains of a process. */
export function auditTelemetry(
  metrics: Metrics,
  logger: Logger,
): (chain: ChainId) => AuditObserver {
  const registers = [metrics]
  const labelNames = ['chain'] as const
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers })
  const height = new Gauge({
    name: 'coffer_audit_height',
    help: 'Last block that was audited.',
    labelNames,
    registers,
  })
  const missed = counter('coffer_audit_missed_total', 'Deposits that the scan had missed.')
  const late = counter('coffer_audit_late_total', 'Deposits that were paid before registration.')
  const unfounded = counter(
    'coffer_audit_unfounded_total',
    'Stored deposits that the chain does not show, or shows otherwise.',
  )
  const blocks = counter(
    'coffer_audit_blocks_faulty_total',
    'Blocks that were not stored, are others at another endpoint, or could not be audited.',
  )
  const counters: Readonly<Record<AuditFindingKind, Counter<'chain'>>> = {
    ...{ missed, late, unfounded, differs: unfounded },
    ...{ block_missing: blocks, block_restored: blocks, block_differs: blocks, unread: blocks },
  }

  return (chain) => {
    // What must stay 0 has to be there to be watched.
    for (const each of new Set(Object.values(counters))) each.inc({ chain }, 0)
    return {
      audited(to, facts) {
        height.set({ chain }, Number(to))
        for (const finding of facts.findings) {
          counters[finding.kind].inc({ chain })
          const level = finding.kind === 'late' ? 'info' : 'error'
          logger[level]({ chain, ...finding }, 'the audit found what the scan had not')
        }
        logger.debug({ chain, to, blocks: facts.blocks }, 'blocks audited')
      },
    }
  }
}
