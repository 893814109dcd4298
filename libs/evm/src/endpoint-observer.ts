import type { CircuitState } from './circuit.ts'
import type { RpcFailure } from './rpc-failure.ts'

/** How an endpoint does, for logs, gauges and operators. */
export type EndpointStatus = {
  /** Without credentials, path or query. */
  endpoint: string
  circuit: CircuitState
  /** It serves another chain, and is asked nothing any more. */
  foreign: boolean
  failures: number
  head: bigint | undefined
  /** Blocks behind the head that the others tell of. */
  lagBlocks: bigint
  latencyMs: number
  inFlight: number
  /** Requests at once, and a second, that it seems to bear. */
  concurrency: number
  rate: number
  /** Calls in a batch, and blocks in a range of logs, that it seems to bear. */
  batchCalls: number
  logBlocks: number
}

/** Is told what endpoints do. Methods must not throw. */
export type EndpointObserver = {
  /** A request was answered or refused after `ms`. */
  requested(endpoint: string, facts: { what: string; ms: number }): void
  /** A request failed, or work found its answers to be false. */
  failed(endpoint: string, failure: RpcFailure, error: unknown): void
  /** It is left alone from now on, or asked again. */
  circuitMoved(endpoint: string, to: CircuitState): void
  /** It told of a lower head than before: a reorg, or several nodes behind one URL. */
  wentBack(endpoint: string, heads: { from: bigint; to: bigint }): void
  /** It serves another chain than it should, and is asked nothing any more. */
  foreign(endpoint: string, served: string): void
  /** Most others agreed on another answer than its own. */
  disagreed(endpoint: string, said: string, agreed: string): void
}

export const silentEndpointObserver: EndpointObserver = {
  requested: () => undefined,
  failed: () => undefined,
  circuitMoved: () => undefined,
  wentBack: () => undefined,
  foreign: () => undefined,
  disagreed: () => undefined,
}
