import type { Clock } from '@coffer/runtime/clock'
import type { EndpointObserver } from './endpoint-observer.ts'
import type { RpcCall } from './json-rpc.ts'

/** How far an endpoint is, by its own words. */
export type TrackedHead = {
  /** An answer of its own, which may tell of its head. */
  saw(call: RpcCall, answer: unknown): void
  /** Holds it against how far the others are. */
  compare(common: bigint | undefined): void
  seen(): { head: bigint | undefined; behindSinceMs: number | undefined }
}

export function trackedHead({
  name,
  clock,
  observer,
  onHead,
}: {
  name: string
  clock: Clock
  observer: EndpointObserver
  /** Is told of every head, higher or lower than before or the same. */
  onHead: () => void
}): TrackedHead {
  let head: bigint | undefined
  let behindSinceMs: number | undefined
  return {
    saw(call, answer) {
      const told = toldHead(call, answer)
      if (told === undefined) return
      if (head !== undefined && told < head) observer.wentBack(name, { from: head, to: told })
      head = told
      onHead()
    },
    compare(common) {
      const isBehind = head !== undefined && common !== undefined && head < common
      behindSinceMs = isBehind ? (behindSinceMs ?? clock.nowMs()) : undefined
    },
    seen: () => ({ head, behindSinceMs }),
  }
}

function toldHead({ method, params }: RpcCall, answer: unknown): bigint | undefined {
  if (method === 'eth_blockNumber') return height(answer)
  if (method !== 'eth_getBlockByNumber' || params[0] !== 'latest') return undefined
  return height((answer as { number?: unknown } | null)?.number)
}

const height = (text: unknown): bigint | undefined =>
  typeof text === 'string' && /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : undefined
