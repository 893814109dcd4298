import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { limitsOfTimeout, openEndpoints } from '@coffer/evm/endpoints'
import { type JsonRpc, jsonRpc, RpcAnswerError } from '@coffer/evm/json-rpc'
import type { ContractCodes } from '../ports.ts'

type Chain = Pick<ChainConfig, 'chain' | 'rpcUrls' | 'requestTimeoutMs' | 'quorum'>

/** Nobody who starts is kept waiting for longer by a chain that is away, milliseconds. */
const TIMEOUT_MS = 3_000

/** {@link ContractCodes} by the word of as many hosts as a chain's policy asks for. */
export function jsonRpcContractCodes(chains: readonly Chain[]): ContractCodes & AsyncDisposable {
  const asked = new Map(
    chains.map(({ chain, rpcUrls, requestTimeoutMs, quorum = 1 }) => {
      const clients = rpcUrls.map((url) => ({ rpc: jsonRpc(url) }))
      const limits = limitsOfTimeout(requestTimeoutMs)
      return [chain, { quorum, endpoints: openEndpoints({ chain, clients, limits }) }] as const
    }),
  )
  return {
    async codeOf(chain, contract) {
      const at = asked.get(chain)
      if (at === undefined) throw new Error(`${chain} is not configured.`)
      return await at.endpoints.quorum(at.quorum, (rpc) => codeAt(rpc, contract), {
        timeoutMs: TIMEOUT_MS,
      })
    },
    async [Symbol.asyncDispose]() {
      const all = [...asked.values()]
      await Promise.all(all.map(({ endpoints }) => endpoints[Symbol.asyncDispose]()))
    },
  }
}

/** A node that has not caught up knows of no contract that is younger than its newest block. */
async function codeAt(rpc: JsonRpc, contract: Address): Promise<`0x${string}`> {
  const code = (await rpc.call('eth_getCode', [contract, 'latest'])) as `0x${string}`
  if (code === '0x' && (await isSyncing(rpc))) throw new NodeSyncingError(rpc.name)
  return code
}

async function isSyncing(rpc: JsonRpc): Promise<boolean> {
  try {
    const progress = await rpc.call('eth_syncing', [])
    return typeof progress === 'object' && progress !== null
  } catch (error) {
    // Some providers have no such method, and serve no node that is behind.
    if (error instanceof RpcAnswerError) return false
    throw error
  }
}

/** A node has not caught up with its chain: what it does not know says nothing. */
export class NodeSyncingError extends AppError {
  readonly code = 'RPC_SYNCING'

  constructor(endpoint: string) {
    super(`${endpoint} is still catching up with its chain. It is asked again later.`, {
      retry: 'retry',
      details: { endpoint },
    })
  }
}
