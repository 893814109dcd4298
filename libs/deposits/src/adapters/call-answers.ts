import { type JsonRpc, RpcAnswerError, type RpcCall } from '@coffer/evm/json-rpc'

/** Small calls that are sent in one request; providers refuse longer batches. */
const CALLS_PER_REQUEST = 100

const REVERTED = /revert|out of gas|invalid opcode|stack (under|over)flow/i

/**
 * What a node answers to questions about states, in order; `undefined` where the contract that was
 * called reverts, on every node alike. Any other refusal fails all.
 */
export async function callAnswers(rpc: JsonRpc, calls: readonly RpcCall[]): Promise<unknown[]> {
  const requests: Promise<unknown[]>[] = []
  for (let first = 0; first < calls.length; first += CALLS_PER_REQUEST) {
    requests.push(answersTo(rpc, calls.slice(first, first + CALLS_PER_REQUEST)))
  }
  return (await Promise.all(requests)).flat()
}

/** A batch fails with its first error, which may be about one token alone. */
async function answersTo(rpc: JsonRpc, calls: readonly RpcCall[]): Promise<unknown[]> {
  try {
    return await rpc.batch(calls)
  } catch (error) {
    if (!isRevert(error)) throw error
  }
  const answers: unknown[] = []
  for (const { method, params } of calls) {
    const answer = await rpc.call(method, params).catch((error: unknown) => {
      if (method !== 'eth_call' || !isRevert(error)) throw error
      return undefined
    })
    answers.push(answer)
  }
  return answers
}

const isRevert = (error: unknown): boolean =>
  error instanceof RpcAnswerError && REVERTED.test(error.reason)
