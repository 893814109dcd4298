import {
  type FaultContext,
  hex,
  isHeightTag,
  type ProxiedCall,
  type RpcFault,
} from './rpc-fault.ts'

type Header = { number: string }

/** What a node says of its head, and answers as if that were true. */
export const rpcHeads = {
  /** The node is `blocks` behind. */
  lagging: (blocks: number): RpcFault => headAt((head) => head - BigInt(blocks)),

  /** The node's head stands still from the first call on. */
  frozen(): RpcFault {
    let frozenAt: bigint | undefined
    return headAt((head) => {
      frozenAt ??= head
      return frozenAt
    })
  },

  /** The head that is told goes back by `blocks` more with each telling; all else is true. */
  backwards(blocks: number): RpcFault {
    let back = 0
    return toldHead((head) => {
      back += blocks
      return head - BigInt(back)
    })
  },

  /** The head that is told is `blocks` higher than any block there is. */
  ahead: (blocks: number): RpcFault => toldHead((head) => head + BigInt(blocks)),
}

/** A node whose chain ends at a height of our choice: it knows of nothing above. */
function headAt(choose: (head: bigint) => bigint): RpcFault {
  const chosen = async ({ ask }: FaultContext) => {
    const height = choose(BigInt((await ask('eth_blockNumber')) as string))
    return height < 0n ? 0n : height
  }
  return {
    async instead(call, context) {
      const height = await chosen(context)
      const answer = (result: unknown) => ({ jsonrpc: '2.0' as const, id: call.id, result })
      if (call.method === 'eth_blockNumber') return answer(hex(height))
      if (call.method === 'eth_getLogs') return answer(await logsTo(height, call, context))
      if (isHeightTag(call.params[0])) {
        const block = await heightOf(call.params[0], context)
        const params = [hex(block < height ? block : height), ...call.params.slice(1)]
        return answer(await context.ask(call.method, params))
      }
      return undefined
    },
    async result(result, call, context) {
      const block = blockNumberIn(result)
      if (block === undefined || call.method === 'eth_getLogs') return result
      if (block <= (await chosen(context))) return result
      return null
    },
  }
}

async function heightOf(tag: string, { ask }: FaultContext): Promise<bigint> {
  return BigInt(((await ask('eth_getBlockByNumber', [tag, false])) as Header).number)
}

/** A lagging node answers a range beyond its head with the logs that it has, and no error. */
async function logsTo(height: bigint, { params }: ProxiedCall, { ask }: FaultContext) {
  const logs = (await ask('eth_getLogs', params)) as { blockNumber: string }[]
  return logs.filter(({ blockNumber }) => BigInt(blockNumber) <= height)
}

/** The height of what was answered: a block, a receipt, a transaction, or a list of them. */
function blockNumberIn(result: unknown): bigint | undefined {
  const first = Array.isArray(result) ? result[0] : result
  if (typeof first !== 'object' || first === null) return undefined
  const { number, blockNumber } = first as { number?: unknown; blockNumber?: unknown }
  const height = number ?? blockNumber
  return typeof height === 'string' || typeof height === 'number' ? BigInt(height) : undefined
}

/** Only the number is told wrongly: a header keeps its hash and all else. */
function toldHead(tell: (head: bigint) => bigint): RpcFault {
  return {
    result(result, { method, params }) {
      if (method === 'eth_blockNumber') return hex(tell(BigInt(result as string)))
      if (method !== 'eth_getBlockByNumber' || !isHeightTag(params[0])) return result
      const header = result as Header
      return { ...header, number: hex(tell(BigInt(header.number))) }
    },
  }
}
