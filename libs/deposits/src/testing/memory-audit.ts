import type { Address } from '@coffer/evm/address'
import type { AuditSettings } from '@coffer/evm/audit-settings'
import type { TraceMethod } from '@coffer/evm/chain-config'
import type { BlockHash } from '@coffer/evm/hash'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import type { StepResult } from '@coffer/runtime/poll'
import { oneByOne } from '../domain/among-watched.ts'
import { auditNextBlocks } from '../usecases/audit-next-blocks.ts'
import { auditRange } from '../usecases/audit-range.ts'
import { findDeposits } from '../usecases/find-deposits.ts'
import { fakeChainReader } from './fake-chain-reader.ts'
import { ASSETS, CHAIN } from './fake-transfers.ts'
import type { MemoryScan } from './memory-scan.ts'
import { ALICE, BOB } from './scan-facts.ts'

export type MemoryAuditOptions = {
  settings?: Partial<AuditSettings>
  reorgDepthMax?: number
  traceMethod?: TraceMethod
  watched?: readonly Address[]
  /** The node that the audit asks; left out, the honest one. */
  rpc?: JsonRpc
  /** What two hosts agree on; left out, there is one. */
  agreedHash?: (height: bigint) => Promise<BlockHash | undefined>
  /** Names the process among those of the scan. */
  holder?: string
  nowMs?: () => number
}

export type MemoryAudit = {
  step(): Promise<StepResult>
  /** Audits until there is nothing more to do. */
  settle(): Promise<void>
  /** What was found, in words, and up to where each step came. */
  told: string[]
  distrusted: bigint
}

/** The audit of a chain that is followed in memory. */
export function memoryAudit(scan: MemoryScan, options: MemoryAuditOptions = {}): MemoryAudit {
  const { chain, database } = scan
  const { reorgDepthMax = 8, watched = [ALICE, BOB], holder = 'one' } = options
  const told: string[] = []
  let now = 0
  const later = () => {
    now += 1e6
    return now
  }
  const store = database.store(holder)
  const reader = fakeChainReader({ rpc: options.rpc ?? chain.honest }, [], options.traceMethod)
  const has = (address: string) => isIn(watched, address)
  const set = { refresh: async () => undefined, has, among: oneByOne(has) }
  const ports = {
    ...{ store, reader, chain: CHAIN, reorgDepthMax, isNativeWanted: true },
    findDeposits: findDeposits({ reader, watched: set, assets: ASSETS }),
    observer: {
      audited: (to: bigint, { findings }: { findings: readonly { kind: string }[] }) =>
        void told.push(`to ${to}: ${findings.map(({ kind }) => kind).join(', ') || 'nothing'}`),
    },
    witnesses: {
      agreedHash: options.agreedHash ?? (async () => undefined),
      distrust: () => {
        audit.distrusted += 1n
      },
    },
  }
  const step = auditNextBlocks({
    ...ports,
    auditRange: auditRange(ports),
    settings: {
      ...{ enabled: true, rangeBlocks: 3, blocksPerSecondMax: 10_000, repeat: false },
      ...options.settings,
    },
    // By default each step comes long after the one before it.
    clock: { nowMs: options.nowMs ?? later, pause: async () => undefined },
  })
  const audit: MemoryAudit = {
    step,
    told,
    distrusted: 0n,
    async settle() {
      for (let times = 0; (await step()) === 'busy'; times++) {
        if (times > 1_000) throw new Error('The audit does not come to rest.')
      }
    },
  }
  return audit
}

const isIn = (watched: readonly Address[], address: string) =>
  watched.some((each) => each === address)
