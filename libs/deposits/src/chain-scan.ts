import type { ChainConfig } from '@coffer/evm/chain-config'
import { type Endpoints, limitsOfTimeout, openEndpoints } from '@coffer/evm/endpoints'
import { jsonRpc } from '@coffer/evm/json-rpc'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { type Clock, systemClock } from '@coffer/runtime/clock'
import type { StepResult } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import { type AuditSourcesOptions, auditSources } from './adapters/audit-sources.ts'
import type { EndpointTelemetry } from './adapters/endpoint-telemetry.ts'
import { type ChainReaderOptions, jsonRpcChainReader } from './adapters/json-rpc-chain-reader.ts'
import { jsonRpcWitnesses } from './adapters/json-rpc-witnesses.ts'
import { postgresScanStore } from './adapters/postgres-scan-store.ts'
import { postgresWatchedSet } from './adapters/postgres-watched-set.ts'
import { requireTokens } from './adapters/require-tokens.ts'
import { ensureChain } from './adapters/scan-lease.ts'
import type { AuditObserver } from './audit-ports.ts'
import type { BalanceObserver } from './balance-ports.ts'
import { balanceStep } from './balance-step.ts'
import { chainAudit } from './chain-audit.ts'
import { type FinalityPolicy, finalityPolicy, tagsOf } from './domain/finality.ts'
import type { ScanObserver } from './ports.ts'
import {
  type AgreeOnFinal,
  type AgreeOnFinalPorts,
  agreeOnFinal,
  finalByPolicy,
} from './usecases/agree-on-final.ts'
import { type ConfirmReorg, confirmReorg } from './usecases/confirm-reorg.ts'
import { findDeposits } from './usecases/find-deposits.ts'
import { latchUnknownTypes } from './usecases/latch-unknown-types.ts'
import { prefetchBlocks } from './usecases/prefetch-blocks.ts'
import { rollBackReorg } from './usecases/roll-back-reorg.ts'
import { runRescan } from './usecases/run-rescan.ts'
import { scanNextBlocks } from './usecases/scan-next-blocks.ts'
import { traceLater } from './usecases/trace-later.ts'

export type ChainScanOptions = {
  config: ChainConfig
  postgres: Postgres
  observer: ScanObserver
  /** Told of balances; where there is none, they are not proven. */
  balanceObserver?: BalanceObserver
  /** Told what the audit of the chain finds. */
  auditObserver?: AuditObserver
  /** Told how the chain's endpoints do. */
  endpointTelemetry?: EndpointTelemetry
  /** Names this process among all that ever ran. */
  holder: string
  leaseMs: number
  /** Blocks read and stored at once while behind. */
  chunkBlocks: number
  /** Chunks read ahead. */
  chunksMax: number
  /** By which endpoints are waited for, and left alone; the machine's, unless a test hurries it. */
  clock?: Clock
}

/**
 * A chain that is followed: repeat all steps, in any rhythm. They throw {@link ChainMismatchError}
 * when the endpoint serves another chain than the configuration says.
 */
export type ChainScan = AsyncDisposable & {
  scan: () => Promise<StepResult>
  rescan: () => Promise<StepResult>
  /** Reads the calls that the scan has left for later, whatever the configuration says now. */
  trace: () => Promise<StepResult>
  /** Holds balances on chain against deposits, where the chain is configured so. */
  proveBalances?: () => Promise<StepResult>
  /** Does nothing where the chain is not audited. */
  audit: () => Promise<StepResult>
  /** Keeps an eye on the endpoints, until stopped: which are away, which lag behind. */
  watchEndpoints: Work
}

/** Wires what follows one chain. The node need not be there yet. */
export async function chainScan(options: ChainScanOptions): Promise<ChainScan> {
  const { config, postgres, observer, holder, leaseMs, chunkBlocks, chunksMax } = options
  const { chain, reorgDepthMax, assets, ownAddresses = [] } = config
  const endpoints = endpointsOf(options)
  await ensureChain(postgres, { chain, start: config.startBlock })

  const policy = finalityPolicy(config.confirmations, assets)
  const { traceMethod, native } = config
  const plain = readerOptions(options, policy)
  const sources = auditSources(sourcesOf(config, endpoints))
  const withCalls = jsonRpcChainReader(sources.scan, { ...plain, traceMethod, byLogs: false })
  const reader = native === 'traces' ? withCalls : jsonRpcChainReader(sources.scan, plain)
  const owesTraces = native === 'traces-later'
  const store = postgresScanStore(postgres, { chain, holder, leaseMs })
  const watched = postgresWatchedSet(postgres, chain)
  const finding = {
    ...{ reader, watched, assets, ownAddresses },
    creditWithdrawals: config.withdrawals === 'credit',
    areLogsTrusted: config.byLogs?.proveDeposits === false,
  }
  const find = findDeposits({ ...finding, coin: native === 'none' ? 'ignored' : 'included' })
  const ports = { reader, store, observer }
  const { agreeOnFinal, confirmReorg } = witnessing(options, { ...ports, endpoints, policy })
  const steps = scanNextBlocks({
    ...ports,
    prefetch: prefetchBlocks(reader, {
      chunkBlocks,
      chunksMax,
      chunkTransactions: CHUNK_TRANSACTIONS,
      // Chunks of logs don't grow.
      ...(config.byLogs ? { takenMax: STORED_MAX } : {}),
    }),
    findDeposits: owesTraces ? findDeposits({ ...finding, coin: 'left' }) : find,
    owesTraces,
    rest: { clock: systemClock, ms: Math.min(REST_MS_MAX, leaseMs / 10) },
    rollBackReorg: rollBackReorg({ ...ports, confirmReorg, reorgDepthMax }),
    agreeOnFinal,
  })
  const scan = latchUnknownTypes({ store, scan: steps })
  const again = owesTraces ? withCalls : reader
  const rescan = runRescan({ ...ports, findDeposits: find, chunkBlocks, reader: again })
  const trace = traceLater({
    reader: withCalls,
    ...{ store, observer, blocksMax: chunkBlocks },
    findCoin: findDeposits({ ...finding, coin: 'alone' }),
  })
  const balances = balanceStep(options, { store, endpoints })
  const audit = chainAudit({
    ...{ config, store, sources, reading: plain, finding },
    observer: options.auditObserver,
  })
  const requireConfigured = async () => {
    await endpoints.requireChain()
    await requireTokens(endpoints, assets)
  }
  const checked = once(async () => {
    // Before the lease is asked for: a standby loads its addresses while another process scans.
    await Promise.all([requireConfigured(), watched.refresh()])
  })
  return {
    scan: checked(scan),
    rescan: checked(rescan),
    trace: checked(trace),
    ...(balances ? { proveBalances: checked(balances) } : {}),
    audit: checked(audit),
    watchEndpoints: (signal) => endpoints.watch(signal),
    [Symbol.asyncDispose]: () => endpoints[Symbol.asyncDispose](),
  }
}

/** What the other endpoints are asked before anything is final, or undone. */
function witnessing(
  { config: { quorum = 1 } }: ChainScanOptions,
  {
    endpoints,
    ...ports
  }: Omit<AgreeOnFinalPorts, 'witnesses' | 'quorum'> & {
    endpoints: Endpoints
  },
): { agreeOnFinal: AgreeOnFinal; confirmReorg: ConfirmReorg } {
  const witnesses = jsonRpcWitnesses(endpoints)
  return {
    agreeOnFinal:
      quorum > 1 ? agreeOnFinal({ ...ports, witnesses, quorum }) : finalByPolicy(ports.policy),
    confirmReorg: confirmReorg({ witnesses, quorum }),
  }
}

function sourcesOf({ rpcUrls, audit }: ChainConfig, endpoints: Endpoints): AuditSourcesOptions {
  const hosts = new Set(rpcUrls.map((url) => new URL(url).host)).size
  return { endpoints, hosts, rangeBlocks: audit?.rangeBlocks ?? 1 }
}

function readerOptions(
  { config, observer }: Pick<ChainScanOptions, 'config' | 'observer'>,
  policy: FinalityPolicy,
): ChainReaderOptions {
  const { proof, transactionTypes, byLogs } = config
  return {
    ...{ tags: tagsOf(policy), proof },
    ...(transactionTypes ? { transactionTypes } : {}),
    byLogs: byLogs !== undefined,
    onDoubted(doubts) {
      for (const { height, doubt } of doubts) observer.doubted(height, doubt)
    },
  }
}

/** Some 25 MB of receipts; see `chunksMax` for how many such chunks there are at once. */
const CHUNK_TRANSACTIONS = 12_000

/** How long the database is left alone at most while a node has no new head, milliseconds. */
const REST_MS_MAX = 250

/** Blocks stored at once: that costs less than in pieces, but must not keep a transaction long. */
const STORED_MAX = 200

/** Connections to one endpoint, of which its pool uses as many as the endpoint bears. */
const CONNECTIONS_MAX = 64

function endpointsOf({ config, endpointTelemetry, clock }: ChainScanOptions): Endpoints {
  const { chain, rpcUrls, requestTimeoutMs } = config
  const clients = rpcUrls.map((url) => {
    return { rpc: jsonRpc(url, { connectionsMax: CONNECTIONS_MAX }) }
  })
  const limits = limitsOfTimeout(requestTimeoutMs)
  const { observer } = endpointTelemetry ?? {}
  const endpoints = openEndpoints({
    ...{ chain, clients, limits },
    ...(observer && { observer }),
    ...(clock && { clock }),
  })
  endpointTelemetry?.follow(endpoints.statuses)
  return endpoints
}

/** Does `prepare` before the first step, and again only if that failed. */
function once(prepare: () => Promise<void>) {
  let prepared: Promise<void> | undefined
  return (step: () => Promise<StepResult>) => async (): Promise<StepResult> => {
    prepared ??= prepare()
    await prepared.catch((error: unknown) => {
      prepared = undefined
      throw error
    })
    return await step()
  }
}
