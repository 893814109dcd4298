import type { ChainConfig } from '@coffer/evm/chain-config'
import { type Endpoints, openEndpoints } from '@coffer/evm/endpoints'
import { jsonRpc } from '@coffer/evm/json-rpc'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { jsonRpcCustody } from './adapters/json-rpc-custody.ts'
import { postgresChainBooks, postgresHolders } from './adapters/postgres-chain-books.ts'
import type { ReconciledChain } from './chain-ports.ts'

/** What of a chain's configuration reconciliation goes by. */
export type ReconciledConfig = Pick<
  ChainConfig,
  'chain' | 'rpcUrls' | 'quorum' | 'confirmations' | 'traceMethod' | 'assets' | 'ownAddresses'
>

export type ReconciledChainsOptions = {
  postgres: Postgres
  configs: readonly ReconciledConfig[]
  /** Endpoints to ask in place of those that the scanner asks. */
  rpcUrls?: readonly string[] | undefined
}

/** Connects to the endpoints of each chain. Nothing is asked before it is used. */
export function openReconciledChains(
  options: ReconciledChainsOptions,
): AsyncDisposable & { chains: readonly ReconciledChain[] } {
  const { postgres, configs, rpcUrls } = options
  const opened = configs.map((config) => {
    const clients = (rpcUrls ?? config.rpcUrls).map((url) => ({ rpc: jsonRpc(url) }))
    return { config, endpoints: openEndpoints({ chain: config.chain, clients }) }
  })
  return {
    chains: opened.map(({ config, endpoints }) => reconciledChain(postgres, config, endpoints)),
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map(({ endpoints }) => endpoints[Symbol.asyncDispose]()))
    },
  }
}

function reconciledChain(
  postgres: Postgres,
  config: ReconciledConfig,
  endpoints: Endpoints,
): ReconciledChain {
  const { chain, confirmations, traceMethod, assets, ownAddresses = [], quorum = 1 } = config
  return {
    chain,
    nodes: jsonRpcCustody({ endpoints, quorum, confirmations, traceMethod }),
    books: postgresChainBooks(postgres, chain),
    holders: postgresHolders(postgres, chain),
    ownAddresses,
    assets: assets.map(({ id, feeOnTransfer = false }) => ({ id, arrivesInPart: feeOnTransfer })),
  }
}
