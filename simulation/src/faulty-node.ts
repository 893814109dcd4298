import type { JsonRpc, RpcCall } from '@coffer/evm/json-rpc'
import type { NodeLies } from './node-lies.ts'
import { InjectedFault, type Room, strikes } from './room.ts'
import type { Process } from './schedule.ts'

/** The node as a process reaches it: slowly, with a chance that it is away or lies. */
export function faultyNode(
  room: Room,
  { rpc, process, lies }: { rpc: JsonRpc; process: Process; lies: NodeLies },
): JsonRpc {
  const { coverage, trace, random } = room

  const answered = async (call: RpcCall): Promise<unknown> => {
    const { method, params } = lies.asked(call)
    const honest = lies.inCharacter(call, await rpc.call(method, params))
    if (!strikes(room)) return honest
    const lie = lies.about(call, honest)
    if (lie === undefined) return honest
    coverage.saw(lie.happening)
    trace.say(`${process.name}: is told of a ${lie.happening}, ${method} ${call.params[0]}`)
    return lie.answer
  }
  const reach = async (call: RpcCall | undefined) => {
    await process.turn(`asks for ${call?.method} ${call?.params[0]}`)
    if (!strikes(room)) return
    coverage.saw('node: away')
    throw new InjectedFault('The node is away.')
  }
  return {
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
    [Symbol.asyncDispose]: async () => undefined,
  }
}
