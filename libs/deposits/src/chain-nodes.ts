import type { ChainConfig } from '@coffer/evm/chain-config'
import { limitsOfTimeout, openEndpoints } from '@coffer/evm/endpoints'
import { jsonRpc } from '@coffer/evm/json-rpc'
import type { ChainId } from '@coffer/money/chain-id'
import { jsonRpcChainReader } from './adapters/json-rpc-chain-reader.ts'
import { jsonRpcWitnesses } from './adapters/json-rpc-witnesses.ts'
import type { ChainReader } from './ports.ts'
import { agreedHeader } from './usecases/agreed-header.ts'

/** Looks at the tip and the headers of the chains, now and then, by the word of several. */
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

function openNode({ chain, rpcUrls, requestTimeoutMs, proof, quorum = 1 }: ChainConfig) {
  const clients = rpcUrls.map((url) => ({ rpc: jsonRpc(url) }))
  const endpoints = openEndpoints({ chain, clients, limits: limitsOfTimeout(requestTimeoutMs) })
  const reader = jsonRpcChainReader(endpoints, { proof })
  const witnesses = jsonRpcWitnesses(endpoints)
  const headerAt = agreedHeader({ reader, witnesses, quorum })
  return { endpoints, reader: { head: reader.head, headerAt } }
}
