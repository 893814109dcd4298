import { startAnvil } from '@coffer/devstack/start-anvil'
import { type AnvilClient, anvilClient } from '@coffer/simulator/anvil-client'
import { fillChain } from '@coffer/simulator/fill-chain'
import type { ProxiedCall } from '../rpc-fault.ts'
import { type RpcProxy, startRpcProxy } from '../rpc-proxy.ts'

/** A node with a few transfers in each of its last three blocks, and a proxy in front of it. */
export type ProxiedChain = AsyncDisposable & {
  proxy: RpcProxy
  node: AnvilClient
  head: number
  /** Another node, as high, whose blocks are others. */
  otherUrl: string
  /** The result of one call through the proxy. */
  ask(method: string, ...params: readonly unknown[]): Promise<unknown>
}

export async function proxiedChain(): Promise<ProxiedChain> {
  await using starting = new AsyncDisposableStack()
  const anvil = starting.use(await startAnvil({ arguments: ['--no-mining'] }))
  const other = starting.use(await startAnvil({ arguments: ['--no-mining'] }))
  await fillChain({
    ...{ rpcUrl: anvil.url, blocks: 3, tokenTransfersPerBlock: 4, nativeTransfersPerBlock: 2 },
    ...{ watched: [], seed: 1 },
  })
  const node = anvilClient(anvil.url)
  const head = Number((await node.head()).number)
  await anvilClient(other.url).mine(head)
  const proxy = starting.use(await startRpcProxy({ upstream: anvil.url }))
  const resources = starting.move()
  return {
    proxy,
    node,
    head,
    otherUrl: other.url,
    async ask(method, ...params) {
      const answer = await post(proxy.url, { id: 1, method, params })
      return (answer as { result?: unknown }).result
    },
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  }
}

/** What `url` answers to one call or to a batch, as it stands. */
export async function post(
  url: string,
  asked: Partial<ProxiedCall> | readonly Partial<ProxiedCall>[],
  signal: AbortSignal | null = null,
): Promise<unknown> {
  const asJson = (call: object) => ({ jsonrpc: '2.0', ...call })
  const body = JSON.stringify(Array.isArray(asked) ? asked.map(asJson) : asJson(asked))
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body, signal })
  return await response.json()
}

export const hex = (value: number) => `0x${value.toString(16)}`
