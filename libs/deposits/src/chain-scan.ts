import { AppError } from '@coffer/errors/app-error'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { type JsonRpc, jsonRpc } from '@coffer/evm/json-rpc'
import { chainReference } from '@coffer/money/chain-id'
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
  const { chain, confirmations, reorgDepthMax, assets, startBlock: start } = config
  const [url = ''] = config.rpcUrls
  const rpc = jsonRpc(url)
  await ensureChain(postgres, { chain, start })

  const reader = jsonRpcChainReader(rpc, confirmations)
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
  const checked = chainCheck(rpc, config)
  return {
    scan: checked(scan),
    rescan: checked(rescan),
    [Symbol.asyncDispose]: () => rpc[Symbol.asyncDispose](),
  }
}

/** Lets no step run before the endpoint has said, once, that it serves the chain. */
function chainCheck(rpc: JsonRpc, { chain }: ChainConfig) {
  let isRight = false
  return (step: () => Promise<StepResult>) => async (): Promise<StepResult> => {
    if (!isRight) {
      const served = Number(await rpc.call('eth_chainId', []))
      if (served !== chainReference(chain)) {
        throw new ChainMismatchError({ endpoint: rpc.name, chain, served })
      }
      isRight = true
    }
    return await step()
  }
}

/** The endpoint serves another chain than is configured. Scanning it would book nonsense. */
export class ChainMismatchError extends AppError {
  readonly code = 'CHAIN_MISMATCH'

  constructor(details: { endpoint: string; chain: string; served: number }) {
    const { endpoint, chain, served } = details
    super(
      `${endpoint} serves chain eip155:${served}, but ${chain} is configured. Correct CHAIN_ID ` +
        'or the endpoint before anything is scanned.',
      { retry: 'never', details },
    )
  }
}
