import {
  type JsonRpc,
  RpcAnswerError,
  type RpcCall,
  RpcUnavailableError,
} from '@coffer/evm/json-rpc'
import { readBatch } from '@coffer/evm/testing/read-batch'
import type { SimulatedNode } from './nodes.ts'
import { type Room, strikes } from './room.ts'
import type { Process } from './schedule.ts'

/** What is asked for so seldom that lies about it would hardly ever be told. */
const RARE = new Set([
  ...['eth_getLogs', 'eth_getTransactionByHash', 'eth_getBalance', 'eth_call'],
  ...['eth_getTransactionCount', 'eth_getCode'],
])

/** Some answers must be true even then, or nothing would ever happen. */
const LIES_PER_MILLE_MAX = 500

type Failure = (node: SimulatedNode, method: string) => Promise<never>

/** A node as a process reaches it: slowly, with a chance that it fails or lies. */
export function faultyNode(
  room: Room,
  { node, process }: { node: SimulatedNode; process: Process },
): JsonRpc {
  const { coverage, trace, random } = room
  const { rpc, lies } = node

  const answered = async (call: RpcCall): Promise<unknown> => {
    const { method, params } = lies.asked(call)
    const honest = lies.inCharacter(call, await rpc.call(method, params))
    const perMille = room.faultsPerMille * (RARE.has(method) ? 5 : 1)
    if (!strikes(room, Math.min(perMille, LIES_PER_MILLE_MAX))) return honest
    const lie = lies.about(call, honest)
    if (lie === undefined) return honest
    coverage.saw(lie.happening)
    trace.say(`${process.name}: ${rpc.name} tells a ${lie.happening}, ${method} ${call.params[0]}`)
    return lie.answer
  }
  const reach = async (call: RpcCall | undefined) => {
    const method = call?.method ?? 'nothing'
    await process.turn(`asks ${rpc.name} for ${method} ${call?.params[0] ?? ''}`)
    const trouble = node.trouble()
    if (trouble) await TROUBLES[trouble](node, method)
    if (strikes(room)) await random.pick(FAILURES)(room)(node, method)
  }
  const reached: JsonRpc = {
    name: rpc.name,
    async call(method, params) {
      await reach({ method, params })
      return await answered({ method, params })
    },
    async batch(calls) {
      await reach(calls[0])
      const answers: unknown[] = []
      for (const call of calls) {
        // A node answers a batch call by call, and its chain may move between two of them.
        if (answers.length > 0 && random.below(8) === 0) await process.turn('is being answered')
        answers.push(await answered(call))
      }
      return answers
    },
    read: (calls, read) => readBatch(rpc.name, reached.batch)(calls, read),
    [Symbol.asyncDispose]: async () => undefined,
  }
  return reached
}

const away: Failure = async ({ rpc }, what) => {
  throw new RpcUnavailableError(rpc.name, { what, got: 'no connection', kind: 'connection' })
}

/** Its socket is half open: whoever asks waits until he gives up. */
const silent: Failure = () => new Promise<never>(() => undefined)

const status =
  (code: number, retryAfterMs?: number): Failure =>
  async ({ rpc }, what) => {
    const facts = { what, got: `HTTP status ${code}`, kind: 'status' as const, status: code }
    throw new RpcUnavailableError(rpc.name, { ...facts, ...(retryAfterMs ? { retryAfterMs } : {}) })
  }

const cut: Failure = async ({ rpc }, what) => {
  throw new RpcUnavailableError(rpc.name, { what, got: 'JSON that ends', kind: 'malformed' })
}

const refuses =
  (code: number, message: string): Failure =>
  async ({ rpc }, method) => {
    throw new RpcAnswerError(rpc.name, method, { code, message })
  }

const TROUBLES = { away, silent, busy: status(429, 60) } as const

const FAILURES: readonly ((room: Room) => Failure)[] = [
  ({ coverage }) => {
    coverage.saw('node: away')
    return away
  },
  ({ coverage }) => {
    coverage.saw('node: silent')
    return silent
  },
  ({ coverage }) => {
    coverage.saw('node: too many requests')
    return status(429, 20)
  },
  ({ coverage }) => {
    coverage.saw('node: answer cut')
    return cut
  },
  ({ coverage, random }) => {
    coverage.saw('node: refused')
    return random.pick([
      refuses(-32000, 'header not found'),
      refuses(-32005, 'limit exceeded'),
      status(503),
      refuses(-32603, 'internal error'),
    ])
  },
]
