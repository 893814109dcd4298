import type { Address } from '@coffer/evm/address'
import type { AuditSettings } from '@coffer/evm/audit-settings'
import type { TraceMethod } from '@coffer/evm/chain-config'
import type { Confirmations } from '@coffer/evm/confirmations'
import type { Asset } from '@coffer/money/asset'
import type { StepResult } from '@coffer/runtime/poll'
import type { RpcSource } from '../adapters/json-rpc-chain-reader.ts'
import { jsonRpcWitnesses } from '../adapters/json-rpc-witnesses.ts'
import { oneByOne } from '../domain/among-watched.ts'
import { finalityPolicy, tagsOf } from '../domain/finality.ts'
import type { ScanObserver, ScanStore, WatchedSet } from '../ports.ts'
import { agreeOnFinal, finalByPolicy } from '../usecases/agree-on-final.ts'
import { confirmReorg } from '../usecases/confirm-reorg.ts'
import { findDeposits } from '../usecases/find-deposits.ts'
import { latchUnknownTypes } from '../usecases/latch-unknown-types.ts'
import { prefetchBlocks } from '../usecases/prefetch-blocks.ts'
import type { RestOptions } from '../usecases/rest-at-tip.ts'
import { rollBackReorg } from '../usecases/roll-back-reorg.ts'
import { runRescan } from '../usecases/run-rescan.ts'
import { scanNextBlocks } from '../usecases/scan-next-blocks.ts'
import { traceLater } from '../usecases/trace-later.ts'
import { type BesideAround, besideScan, type MemoryProofSettings } from './beside-scan.ts'
import { type FakeChain, fakeChain } from './fake-chain.ts'
import { provingReader } from './fake-chain-reader.ts'
import { ASSETS, CHAIN } from './fake-transfers.ts'
import { type MemoryScanDatabase, memoryScanDatabase } from './memory-scan-store.ts'
import { ALICE, BOB, ownerOf } from './scan-facts.ts'

export type MemoryScanSettings = {
  confirmations?: Confirmations
  chunkBlocks?: number
  chunksMax?: number
  reorgDepthMax?: number
  start?: bigint
  /** What is accepted, and the tiers of its amounts. */
  assets?: readonly Asset[]
  watched?: readonly Address[]
  ownerOf?: (address: Address) => string
  /** How blocks are read with the calls of their transactions; left out, they are read without. */
  traceMethod?: TraceMethod
  /** Whether they are read behind the scan. */
  tracesLater?: boolean
  /** Whether blocks are read by their logs, and coin is not looked for. */
  byLogs?: boolean
  /** So many hosts must have a block before what is in it is final. */
  quorum?: number
  /** How what is final is audited, and balances are proven; left out, they are not. */
  audit?: AuditSettings
  balanceProof?: MemoryProofSettings
  /** What time it is in the store; left out, what it really is. */
  now?: () => Date
  /** How long the store is left alone at an unchanged head; left out, it never is. */
  rest?: RestOptions
}

/** What a process is configured to credit. */
export type MemoryRules = {
  assets: readonly Asset[]
  ownAddresses?: readonly Address[]
  /** Whether calls are read behind the scan. */
  tracesLater?: boolean
}

/** The endpoints as one that is asked for its word finds them. */
type WitnessSource = Parameters<typeof jsonRpcWitnesses>[0]

/** How long a witness is waited for, milliseconds of the clock of `source`. */
const WITNESS_MS = 600

/** Puts something between a process and what it asks, to delay it or to let it fail. */
export type Around = {
  source(chain: FakeChain): RpcSource
  /** What its rescans ask; left out, the same. */
  rescanSource?(): RpcSource
  /** Whom else it asks before it undoes anything, or makes it final; left out, nobody. */
  others?(): WitnessSource
  store(store: ScanStore): ScanStore
  watched(watched: WatchedSet): WatchedSet
  observer(observer: ScanObserver): ScanObserver
  /** What is asked and told beside the scan; left out, nothing is audited or proven. */
  beside?(): BesideAround
}

/** The steps of one process that follows a chain, all of it in memory. */
export type MemoryProcess = {
  scan(): Promise<StepResult>
  rescan(): Promise<StepResult>
  trace(): Promise<StepResult>
  audit(): Promise<StepResult>
  prove(): Promise<StepResult>
  store: ScanStore
}

export type MemoryScan = MemoryProcess & {
  chain: FakeChain
  database: MemoryScanDatabase
  /** Registers an address. A scan knows of it once it refreshes its set. */
  watch(address: Address): void
  /** What the scan told its observer, in words. */
  told: string[]
  /**
   * Another process of the same chain, which may be configured in another way: what the first one
   * had in memory, it has not.
   */
  start(holder: string, around?: Around, rules?: MemoryRules): MemoryProcess
  /** Scans until there is nothing more to do. */
  settle(): Promise<void>
}

/** A chain that is followed from the chain to the outbox, without anything real. */
export function memoryScan(settings: MemoryScanSettings = {}): MemoryScan {
  const { confirmations = 1, chunkBlocks = 3, chunksMax = 2, reorgDepthMax = 8 } = settings
  const { traceMethod, tracesLater = false, byLogs = false, quorum = 1 } = settings
  const configured: MemoryRules = { assets: settings.assets ?? ASSETS, tracesLater }
  const chain = fakeChain()
  const database = memoryScanDatabase({
    chain: CHAIN,
    start: settings.start ?? 0n,
    ownerOf: settings.ownerOf ?? ownerOf,
    ...(settings.now ? { now: settings.now } : {}),
  })
  const registered = new Set(settings.watched ?? [ALICE, BOB])
  const told: string[] = []
  const telling = tellingObserver(told)

  const start: MemoryScan['start'] = (holder, around = NOTHING_AROUND, rules = configured) => {
    const store = around.store(database.store(holder))
    const observer = around.observer(telling)
    const policy = finalityPolicy(confirmations, rules.assets)
    const source = around.source(chain)
    const { tracesLater: owesTraces = false, ...accepted } = rules
    const withCalls = provingReader(source, tagsOf(policy), byLogs ? 'logs' : traceMethod)
    const reader = owesTraces ? provingReader(source, tagsOf(policy)) : withCalls
    const finding = { reader, watched: around.watched(watchedSet(registered)), ...accepted }
    const beside = around.beside?.()
    const find = findDeposits({ ...finding, coin: byLogs ? 'ignored' : 'included' })
    const ports = { reader, store, observer }
    const asked = around.rescanSource?.()
    const rereader = asked ? provingReader(asked, [], byLogs ? 'logs' : traceMethod) : withCalls
    const again = {
      reader: rereader,
      findDeposits: findDeposits({
        ...{ ...finding, reader: rereader, coin: byLogs ? 'ignored' : 'included' },
      }),
    }
    const others = around.others?.()
    const witnesses = others && jsonRpcWitnesses(others, { timeoutMs: WITNESS_MS })
    return {
      ...besideScan({ ...settings, reorgDepthMax }, { store, finding, around: beside }),
      store,
      scan: latchUnknownTypes({
        store,
        scan: scanNextBlocks({
          ...ports,
          prefetch: prefetchBlocks(reader, { chunkBlocks, chunksMax }),
          findDeposits: owesTraces ? findDeposits({ ...finding, coin: 'left' }) : find,
          owesTraces,
          ...(settings.rest ? { rest: settings.rest } : {}),
          rollBackReorg: rollBackReorg({
            ...ports,
            reorgDepthMax,
            confirmReorg: witnesses ? confirmReorg({ witnesses, quorum }) : async () => undefined,
          }),
          agreeOnFinal:
            witnesses && quorum > 1
              ? agreeOnFinal({ ...ports, witnesses, quorum, policy })
              : finalByPolicy(policy),
        }),
      }),
      rescan: runRescan({ ...ports, ...again, chunkBlocks }),
      trace: traceLater({
        ...{ reader: withCalls, store, observer, blocksMax: chunkBlocks },
        findCoin: findDeposits({ ...finding, coin: 'alone' }),
      }),
    }
  }
  const process = start('one')
  return {
    ...process,
    chain,
    database,
    told,
    start,
    watch: (address) => registered.add(address),
    async settle() {
      for (let steps = 0; (await process.scan()) === 'busy'; steps++) {
        if (steps > 1_000) throw new Error('The scan does not come to rest.')
      }
    },
  }
}

const NOTHING_AROUND: Around = {
  source: ({ rpc }) => ({ pin: (work) => work(rpc) }),
  store: (store) => store,
  watched: (watched) => watched,
  observer: (observer) => observer,
}

function watchedSet(registered: ReadonlySet<string>): WatchedSet {
  let known = new Set<string>()
  const has = (address: string) => known.has(address)
  return {
    async refresh() {
      known = new Set(registered)
    },
    has,
    among: oneByOne(has),
  }
}

const tellingObserver = (told: string[]): ScanObserver => ({
  polled: () => undefined,
  advanced: (to, { blocks, found, published }) =>
    told.push(`to ${to.number}: ${blocks} blocks, ${found} found, ${published} published`),
  witnessed: ({ result, height }) => told.push(`witnesses of ${height}: ${result}`),
  rolledBack: (to, { blocks, reversed }) =>
    told.push(`back to ${to?.number ?? 'nothing'}: ${blocks} blocks, ${reversed} reversed`),
  latched: (reason) => told.push(`latched: ${reason}`),
  traced: ({ blocks: behind }, facts) => {
    if (facts) told.push(`traced ${facts.blocks}, ${facts.found} found, ${behind} behind`)
  },
  doubted: (height, doubt) => told.push(`receipts of ${height}: ${doubt}`),
  rescanFailed: (id, reason) => told.push(`${id} failed: ${reason}`),
  rescanned: (id, { found, added, republished }) =>
    told.push(`${id}: ${found} found, ${added} added, ${republished} republished`),
})
