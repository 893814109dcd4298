import type { ChainConfig } from '@coffer/evm/chain-config'
import { openEndpoints } from '@coffer/evm/endpoints'
import { jsonRpc } from '@coffer/evm/json-rpc'
import type { ChainId } from '@coffer/money/chain-id'
import { jsonRpcChainClient } from './adapters/json-rpc-chain-client.ts'
import type { ChainClient } from './ports.ts'

/** Clients of the chains that are paid on, by chain. */
export type ChainClients = AsyncDisposable & { clients: ReadonlyMap<ChainId, ChainClient> }

/** Connects to the endpoints of each chain. Nothing is asked before it is used. */
export function chainClients(configs: readonly ChainConfig[]): ChainClients {
  const opened = configs.map((config) => {
    const clients = config.rpcUrls.map((url) => ({ rpc: jsonRpc(url) }))
    return { config, endpoints: openEndpoints({ chain: config.chain, clients }) }
  })
  const entries = opened.map(
    ({ config, endpoints }) => [config.chain, jsonRpcChainClient(endpoints, config)] as const,
  )
  return {
    clients: new Map(entries),
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map(({ endpoints }) => endpoints[Symbol.asyncDispose]()))
    },
  }
}
