import type { AdaptiveRange } from './adaptive-range.ts'
import type { GuardedRpc } from './guarded-rpc.ts'
import { type JsonRpc, type RpcCall, RpcUnavailableError } from './json-rpc.ts'

/** The client of one endpoint for one piece of work. Disposing of it does nothing. */
export type PinnedRpc = JsonRpc & {
  /** Blocks that this endpoint gives the logs of at once. Its user tells it what came of it. */
  logBlocks: AdaptiveRange
}

export type PinOptions = {
  name: string
  logBlocks: AdaptiveRange
  /** Aborts when nobody waits for the work any more: it may ask nothing further. */
  givenUp: AbortSignal
  /** Is shown every answer that is parsed. */
  saw: (call: RpcCall, answer: unknown) => void
}

export function pinnedRpc(
  guarded: GuardedRpc,
  { name, logBlocks, givenUp, saw }: PinOptions,
): PinnedRpc {
  const requireWanted = (what: string) => {
    if (!givenUp.aborted) return
    const got = 'no further than to ask: the work has taken too long'
    throw new RpcUnavailableError(name, { what, got, kind: 'timeout' })
  }
  return {
    name,
    logBlocks,
    async call(method, params) {
      requireWanted(method)
      const answer = await guarded.call(method, params)
      saw({ method, params }, answer)
      return answer
    },
    async batch(calls) {
      requireWanted(`${calls.length} calls`)
      const answers = await guarded.batch(calls)
      for (const [index, call] of calls.entries()) saw(call, answers[index])
      return answers
    },
    async read(calls, read) {
      requireWanted(`${calls.length} calls`)
      return await guarded.read(calls, read)
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
