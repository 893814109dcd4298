import type { ChainConfig } from '@coffer/evm/chain-config'
import { openEndpoints } from '@coffer/evm/endpoints'
import { jsonRpc } from '@coffer/evm/json-rpc'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { StepResult } from '@coffer/runtime/poll'
import { jsonRpcChainReader } from './adapters/json-rpc-chain-reader.ts'
import { postgresScanStore } from './adapters/postgres-scan-store.ts'
import { postgresWatchedSet } from './adapters/postgres-watched-set.ts'
import { ensureChain } from './adapters/scan-lease.ts'
import type { ScanObserver } from './ports.ts'
import { findDeposits } from './usecases/find-deposits.ts'
import { prefetchBlocks } from './usecases/prefetch-blocks.ts'
import { rollBackReorg } from './usecases/roll-back-reorg.ts'
import { runRescan } from './usecases/run-rescan.ts'
import { scanNextBlocks } from './usecases/scan-next-blocks.ts'

export type ChainScanOptions = {
  config: ChainConfig
  postgres: Postgres
  observer: ScanObserver
  /** Names this process among all that ever ran. */
  holder: string
  leaseMs: number
  /** Blocks read and stored at once while behind. */
  chunkBlocks: number
  /** Chunks read ahead. */
  chunksMax: number
}

/**
 * A chain that is followed: repeat both steps, in any rhythm. They throw {@link ChainMismatchError}
 * when the endpoint serves another chain than the configuration says.
 */
export type ChainScan = AsyncDisposable & {
  scan: () => Promise<StepResult>
  rescan: () => Promise<StepResult>
}

/** Wires what follows one chain. The node need not be there yet. */
export async function chainScan(options: ChainScanOptions): Promise<ChainScan> {
  const { config, postgres, observer, holder, leaseMs, chunkBlocks, chunksMax } = options
  const { chain, confirmations, reorgDepthMax, proof, assets, startBlock: start } = config
  const clients = config.rpcUrls.map((url) => ({ rpc: jsonRpc(url) }))
  const endpoints = openEndpoints({ chain, clients })
  await ensureChain(postgres, { chain, start })

  const traced = config.native === 'traces' ? { traceMethod: config.traceMethod } : {}
  const reader = jsonRpcChainReader(endpoints, { confirmations, proof, ...traced })
  const store = postgresScanStore(postgres, { chain, holder, leaseMs })
  const watched = postgresWatchedSet(postgres, chain)
  const find = findDeposits({ reader, watched, assets })
  const scan = scanNextBlocks({
    reader,
    store,
    prefetch: prefetchBlocks(reader, { chunkBlocks, chunksMax }),
    findDeposits: find,
    rollBackReorg: rollBackReorg({ reader, store, observer, reorgDepthMax }),
    confirmations,
    observer,
  })
  const rescan = runRescan({ reader, store, findDeposits: find, observer, chunkBlocks })
  // The first step asks each endpoint which chain it serves, so that the node may come up later.
  let asked: Promise<void> | undefined
  const checked = (step: () => Promise<StepResult>) => async () => {
    asked ??= endpoints.requireChain()
    await asked.catch((error: unknown) => {
      asked = undefined
      throw error
    })
    return await step()
  }
  return {
    scan: checked(scan),
    rescan: checked(rescan),
    [Symbol.asyncDispose]: () => endpoints[Symbol.asyncDispose](),
  }
}
