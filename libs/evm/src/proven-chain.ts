import { AppError } from '@coffer/errors/app-error'
import { type ChainId, chainReference } from '@coffer/money/chain-id'
import type { EndpointObserver } from './endpoint-observer.ts'
import { RpcUnavailableError } from './json-rpc.ts'

/** Whether an endpoint serves the chain that it should. */
export type ProvenChain = {
  /**
   * Asks unless it is proven. Throws {@link ChainMismatchError}, and ever after; what may be
   * retried where the answer names no chain.
   */
  require(ask: () => Promise<unknown>): Promise<void>
  /** Holds what the endpoint has answered against what it should. */
  check(answer: unknown): void
  isForeign(): boolean
}

export function provenChain({
  chain,
  name: endpoint,
  observer,
}: {
  chain: ChainId
  name: string
  observer: EndpointObserver
}): ProvenChain {
  let isProven = false
  let asking: Promise<void> | undefined
  let mismatch: ChainMismatchError | undefined

  const check = (answer: unknown) => {
    // No chain at all: an answer that went wrong, and no reason never to ask again.
    if (typeof answer !== 'string' || !/^0x[0-9a-f]{1,16}$/i.test(answer)) {
      const got = JSON.stringify(answer)?.slice(0, 80) ?? 'nothing'
      throw new RpcUnavailableError(endpoint, { what: 'its chain id', got, kind: 'malformed' })
    }
    isProven = Number(answer) === chainReference(chain)
    if (isProven) return
    const served = answer
    mismatch = new ChainMismatchError({ endpoint, chain, served })
    observer.foreign(endpoint, served)
    throw mismatch
  }
  return {
    check,
    async require(ask) {
      if (mismatch) throw mismatch
      if (isProven) return
      // All who come at once wait for one answer.
      asking ??= ask()
        .then(check)
        .finally(() => {
          asking = undefined
        })
      await asking
    },
    isForeign: () => mismatch !== undefined,
  }
}

/** The endpoint serves another chain than is configured. Scanning it would book nonsense. */
export class ChainMismatchError extends AppError {
  readonly code = 'CHAIN_MISMATCH'

  constructor(details: { endpoint: string; chain: string; served: string }) {
    const { endpoint, chain, served } = details
    super(
      `${endpoint} says that it serves chain ${Number(served)} (${served}), but ${chain} is ` +
        'configured. Correct CHAIN_ID or the endpoint before anything is scanned.',
      { retry: 'never', details },
    )
  }
}
