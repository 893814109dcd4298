import type { AuditSettings } from '@coffer/evm/audit-settings'
import type { TraceMethod } from '@coffer/evm/chain-config'
import type { Clock } from '@coffer/runtime/clock'
import type { StepResult } from '@coffer/runtime/poll'
import type { AuditSources } from '../adapters/audit-sources.ts'
import { jsonRpcBalances } from '../adapters/json-rpc-balances.ts'
import type { RpcSource } from '../adapters/json-rpc-chain-reader.ts'
import type { AuditObserver } from '../audit-ports.ts'
import type { BalanceObserver } from '../balance-ports.ts'
import type { ScanStore } from '../ports.ts'
import { auditNextBlocks } from '../usecases/audit-next-blocks.ts'
import { auditRange } from '../usecases/audit-range.ts'
import { type FindDepositsPorts, findDeposits } from '../usecases/find-deposits.ts'
import { proveBalances } from '../usecases/prove-balances.ts'
import { provingReader } from './fake-chain-reader.ts'
import { CHAIN } from './fake-transfers.ts'

/** Whom the audit and the balance proof of a process ask, and whom they tell. */
export type BesideAround = {
  audited: Pick<AuditSources, 'audit' | 'witnesses'>
  auditObserver: AuditObserver
  balances: RpcSource
  balanceObserver: BalanceObserver
  clock: Clock
}

export type MemoryProofSettings = { everyBlocks: number; holdingsMax: number; recheckMax: number }

type BesideSettings = {
  traceMethod?: TraceMethod
  byLogs?: boolean
  reorgDepthMax: number
  audit?: AuditSettings
  balanceProof?: MemoryProofSettings
}

export type BesideSteps = Record<'audit' | 'prove', () => Promise<StepResult>>

type BesidePorts = {
  store: ScanStore
  finding: Pick<FindDepositsPorts, 'watched' | 'assets' | 'ownAddresses'>
  around: BesideAround | undefined
}

/** What a process does beside its scan, wired as `chain-audit.ts` and `balance-step.ts` do it. */
export const besideScan = (settings: BesideSettings, ports: BesidePorts): BesideSteps => ({
  audit: auditStep(settings, ports),
  prove: proveStep(settings, ports),
})

function auditStep(
  { traceMethod, byLogs = false, reorgDepthMax, audit: settings }: BesideSettings,
  { store, finding, around }: BesidePorts,
): BesideSteps['audit'] {
  if (!settings?.enabled || !around) return idle
  const { audited, auditObserver: observer, clock } = around
  const reader = provingReader(audited.audit, [], byLogs ? undefined : traceMethod)
  const coin = byLogs ? 'ignored' : 'included'
  const range = auditRange({
    ...{ store, reader, observer, chain: CHAIN, reorgDepthMax, isNativeWanted: !byLogs },
    witnesses: audited.witnesses,
    findDeposits: findDeposits({ ...finding, reader, coin }),
  })
  return auditNextBlocks({ store, reader, observer, settings, clock, auditRange: range })
}

function proveStep(
  { byLogs = false, balanceProof }: BesideSettings,
  { store, finding: { assets }, around }: BesidePorts,
): BesideSteps['prove'] {
  if (!balanceProof || !around) return idle
  return proveBalances({
    balances: jsonRpcBalances(around.balances, assets),
    store,
    assets: assets.filter(({ contract }) => contract !== null || !byLogs).map(({ id }) => id),
    observer: around.balanceObserver,
    ...balanceProof,
  })
}

const idle = async (): Promise<StepResult> => 'idle'
