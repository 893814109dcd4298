import { type JsonRpc, RpcAnswerError, type RpcCall, RpcUnavailableError } from '../json-rpc.ts'
import { readBatch } from './read-batch.ts'

/** What a fake endpoint answers to a call; it throws or never ends as a real one would. */
export type FakeAnswer = (call: RpcCall) => unknown

export type FakeRpc = JsonRpc & {
  /** Calls that came, other than what a pool asks for itself. */
  asked: RpcCall[]
  /** Sizes of the batches that came. */
  batches: number[]
  head: bigint
  chain: string
  /** What it answers from now on. */
  answer: FakeAnswer
  disposed: boolean
}

/** An endpoint in memory: by default each call is answered with the endpoint's name. */
export function fakeRpc(name: string, options: Partial<FakeRpc> = {}): FakeRpc {
  const fake: FakeRpc = {
    name,
    asked: [],
    batches: [],
    head: 100n,
    chain: '0x1',
    answer: () => name,
    disposed: false,
    async call(method, params) {
      if (method !== 'eth_chainId' && params[0] !== 'latest') fake.asked.push({ method, params })
      return await answered(fake, { method, params })
    },
    async batch(calls) {
      fake.batches.push(calls.length)
      fake.asked.push(...calls)
      return await Promise.all(calls.map((call) => answered(fake, call)))
    },
    read: (calls, read) => readBatch(name, (some) => fake.batch(some))(calls, read),
    async [Symbol.asyncDispose]() {
      fake.disposed = true
    },
    ...options,
  }
  return fake
}

async function answered(fake: FakeRpc, call: RpcCall): Promise<unknown> {
  // First, so that an endpoint that is away is away for every question.
  const answer = await fake.answer(call)
  if (call.method === 'eth_chainId') return fake.chain
  if (call.params[0] === 'latest') return { number: `0x${fake.head.toString(16)}` }
  return answer
}

/** Answers that fail. */
export const failing = {
  away(): never {
    throw new RpcUnavailableError('fake', { what: 'it', got: 'no answer', kind: 'connection' })
  },
  silent: (): Promise<never> => new Promise(() => undefined),
  status(status: number, retryAfterMs?: number): never {
    const facts = { what: 'it', got: `HTTP status ${status}`, kind: 'status' as const }
    throw new RpcUnavailableError('fake', { ...facts, status, retryAfterMs })
  },
  refused(code: number, message: string, method = 'eth_call'): never {
    throw new RpcAnswerError('fake', method, { code, message })
  },
}
