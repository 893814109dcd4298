import type { EndpointStatus } from '@coffer/evm/endpoint-observer'
import type { ChainId } from '@coffer/money/chain-id'

/** How an endpoint of a chain does, for operators. */
export type EndpointView = {
  chain: ChainId
  endpoint: string
  /** Left alone for a while after failures, or for good as it serves another chain. */
  state: 'asked' | 'resting' | 'foreign'
  head: bigint | null
  lagBlocks: bigint
  latencyMs: number
  /** In a row. */
  failures: number
  toldAt: Date
}

/** Lets other processes know how endpoints do. Adapter: `adapters/postgres-endpoint-health.ts`. */
export type EndpointHealth = {
  /** What a scanner sees at this moment. */
  tell(chain: ChainId, statuses: readonly EndpointStatus[]): Promise<void>
  /** Of every endpoint that was told of within some minutes, by chain and name. */
  list(): Promise<EndpointView[]>
}
