import type { ChainConfig } from '@coffer/evm/chain-config'
import { limitsOfTimeout, openEndpoints } from '@coffer/evm/endpoints'
import { jsonRpc } from '@coffer/evm/json-rpc'
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
      return await at.endpoints.quorum(
        at.quorum,
        async (rpc) => (await rpc.call('eth_getCode', [contract, 'latest'])) as `0x${string}`,
        { timeoutMs: TIMEOUT_MS },
      )
    },
    async [Symbol.asyncDispose]() {
      const all = [...asked.values()]
      await Promise.all(all.map(({ endpoints }) => endpoints[Symbol.asyncDispose]()))
    },
  }
}
