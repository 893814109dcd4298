import type { ChainConfig } from '@coffer/evm/chain-config'
import { systemClock } from '@coffer/runtime/clock'
import type { StepResult } from '@coffer/runtime/poll'
import type { AuditSources } from './adapters/audit-sources.ts'
import { type ChainReaderOptions, jsonRpcChainReader } from './adapters/json-rpc-chain-reader.ts'
import type { AuditObserver } from './audit-ports.ts'
import type { ScanStore } from './ports.ts'
import { auditNextBlocks } from './usecases/audit-next-blocks.ts'
import { auditRange } from './usecases/audit-range.ts'
import { type FindDepositsPorts, findDeposits } from './usecases/find-deposits.ts'

export type ChainAuditOptions = {
  config: ChainConfig
  sources: Pick<AuditSources, 'audit' | 'witnesses'>
  store: ScanStore
  /** How the scan reads, and what it finds in that. */
  reading: ChainReaderOptions
  finding: Omit<FindDepositsPorts, 'reader' | 'coin' | 'areLogsTrusted'>
  observer: AuditObserver | undefined
}

/**
 * The step of a chain's audit, which does nothing where the chain is not audited. It reads for
 * itself and by the rules of the scan, but all at once, and nothing on a node's word.
 */
export function chainAudit(options: ChainAuditOptions): () => Promise<StepResult> {
  const { config, sources, store, reading, finding } = options
  const { chain, reorgDepthMax, native, traceMethod, audit: settings } = config
  if (!settings?.enabled) return async () => 'idle'
  const isTraced = native === 'traces' || native === 'traces-later'
  const reader = jsonRpcChainReader(sources.audit, {
    ...reading,
    ...(isTraced ? { traceMethod } : {}),
    byLogs: false,
  })
  const isNativeWanted = native !== 'none'
  const coin = isNativeWanted ? 'included' : 'ignored'
  const observer = options.observer ?? { audited: () => undefined }
  const ports = { reader, store, observer }
  const range = auditRange({
    ...{ ...ports, chain, witnesses: sources.witnesses, reorgDepthMax, isNativeWanted },
    findDeposits: findDeposits({ ...finding, reader, coin, areLogsTrusted: false }),
  })
  return auditNextBlocks({ ...ports, auditRange: range, settings, clock: systemClock })
}
