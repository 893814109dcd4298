import type { ChainConfig } from '@coffer/evm/chain-config'
import { openEndpoints } from '@coffer/evm/endpoints'
import { jsonRpc } from '@coffer/evm/json-rpc'
import type { ChainId } from '@coffer/money/chain-id'
import { jsonRpcChainReader } from './adapters/json-rpc-chain-reader.ts'
import type { ChainReader } from './ports.ts'

/** Looks at the tip and the headers of the chains, now and then. */
export type ChainNodes = AsyncDisposable & {
  nodeOf: (chain: ChainId) => Pick<ChainReader, 'head' | 'headerAt'>
}

/** Connects to the endpoints of each chain. Nothing is asked before it is used. */
export function chainNodes(configs: readonly ChainConfig[]): ChainNodes {
  const nodes = new Map(configs.map((config) => [config.chain, openNode(config)]))
  return {
    nodeOf(chain) {
      const node = nodes.get(chain)
      if (node === undefined) throw new Error(`${chain} is not configured.`)
      return node.reader
    },
    async [Symbol.asyncDispose]() {
      const all = [...nodes.values()]
      await Promise.all(all.map(({ endpoints }) => endpoints[Symbol.asyncDispose]()))
    },
  }
}

function openNode({ chain, rpcUrls, proof }: ChainConfig) {
  const clients = rpcUrls.map((url) => ({ rpc: jsonRpc(url) }))
  const endpoints = openEndpoints({ chain, clients })
  return { endpoints, reader: jsonRpcChainReader(endpoints, { proof }) }
}
