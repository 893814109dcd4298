import type { SeededRandom } from '@coffer/simulator/seeded-random'
import { hex, type ProxiedCall, type RpcFault } from './rpc-fault.ts'

type Log = Readonly<Record<string, unknown>> & { logIndex?: string }
type Receipt = Readonly<Record<string, unknown>> & { logs: readonly Log[]; status: string }
type Fields = Readonly<Record<string, unknown>>

/** What a node answers that is not so. Each changes the answers that it knows and no others. */
export const rpcLies = {
  /** The node says that it is another chain's. */
  chainId: (chainId: number): RpcFault => ({
    result: (result, { method }) => (method === 'eth_chainId' ? hex(chainId) : result),
  }),

  /** Leaves out logs, of lists and of receipts alike: all, or each with a chance of `share`. */
  logsOmitted: (share = 1): RpcFault =>
    logs((list, random) => list.filter(() => random.below(1_000) >= share * 1_000)),

  /** At most `count` logs, and no word that there were more. */
  logsTruncated: (count: number): RpcFault => logs((list) => list.slice(0, count)),

  /** One more log, like the first that is there or else of its own. */
  logForged: (forged: Fields): RpcFault =>
    logs((list, _, place) => [
      ...list,
      { ...place, ...list.at(-1), ...forged, logIndex: hex(nextIndex(list)) },
    ]),

  /** Logs of a block that was undone. */
  logsRemoved: (): RpcFault => logs((list) => list.map((log) => ({ ...log, removed: true }))),

  /** All logs have the number of the first. */
  logIndexDuplicated: (): RpcFault =>
    logs((list) => list.map((log) => ({ ...log, logIndex: list[0]?.logIndex ?? '0x0' }))),

  /** What failed has succeeded, and the other way round. */
  statusFlipped: (): RpcFault =>
    receipts((list) =>
      list.map((each) => ({ ...each, status: each.status === '0x1' ? '0x0' : '0x1' })),
    ),

  /** The last `count` receipts of a block are missing. */
  receiptsDropped: (count = 1): RpcFault =>
    receipts((list) => list.slice(0, Math.max(0, list.length - count))),

  /** Receipts, with their logs, of another block. */
  receiptsOfBlock: (blockHash: string): RpcFault =>
    receipts((list) =>
      list.map((each) => ({
        ...each,
        blockHash,
        logs: each.logs.map((log) => ({ ...log, blockHash })),
      })),
    ),

  /** A filter that no log has gone into. */
  bloomZeroed: (): RpcFault => blocks(() => ({ logsBloom: `0x${'0'.repeat(512)}` })),

  /** Block-level withdrawals, which Anvil never has. */
  withdrawals: (withdrawals: readonly Fields[]): RpcFault => blocks(() => ({ withdrawals })),

  /** Transactions and their receipts of a type that nobody knows. */
  txType: (type: string): RpcFault => ({
    result(result, { method }) {
      const ofType = (each: unknown) => (isObject(each) ? { ...each, type } : each)
      if (method === 'eth_getBlockReceipts') return asList(result)?.map(ofType) ?? result
      if (/^eth_getTransaction(Receipt|ByHash)$/.test(method)) return ofType(result)
      if (!isBlockCall(method) || !isObject(result)) return result
      return { ...result, transactions: asList(result['transactions'])?.map(ofType) }
    },
  }),

  /** The traces of the last `count` transactions are missing; of all, by default. */
  tracesMissing: (count = Number.POSITIVE_INFINITY): RpcFault => ({
    result(result, { method }) {
      if (!/^(trace_block|debug_traceBlockBy(Hash|Number))$/.test(method)) return result
      const traces = asList(result)
      if (traces === undefined) return result
      const kept = new Set(transactionsOf(traces).slice(0, -count))
      return traces.filter((trace) => kept.has(transactionOf(trace)))
    },
  }),
}

/** A lie about logs, told by `eth_getLogs` and in receipts. `place` is where they stand. */
function logs(
  change: (list: readonly Log[], random: SeededRandom, place: Fields) => readonly Log[],
): RpcFault {
  return {
    result(result, call, { random }) {
      if (call.method === 'eth_getLogs') return change((result ?? []) as Log[], random, {})
      const inReceipt = (receipt: Receipt) => {
        const { transactionHash, transactionIndex, blockHash, blockNumber } = receipt
        const place = { transactionHash, transactionIndex, blockHash, blockNumber }
        return { ...receipt, logs: change(receipt.logs, random, place) }
      }
      return changeReceipts(result, call, (list) => list.map(inReceipt))
    },
  }
}

function receipts(change: (list: readonly Receipt[]) => readonly Receipt[]): RpcFault {
  return { result: (result, call) => changeReceipts(result, call, change) }
}

function changeReceipts(
  result: unknown,
  { method }: ProxiedCall,
  change: (list: readonly Receipt[]) => readonly Receipt[],
): unknown {
  if (result === null) return null
  if (method === 'eth_getBlockReceipts') return change(result as Receipt[])
  if (method === 'eth_getTransactionReceipt') return change([result as Receipt])[0] ?? null
  return result
}

function blocks(change: () => Fields): RpcFault {
  return {
    result: (result, { method }) =>
      isBlockCall(method) && isObject(result) ? { ...result, ...change() } : result,
  }
}

const isBlockCall = (method: string) => /^eth_getBlockBy(Hash|Number)$/.test(method)

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const asList = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : undefined)

const nextIndex = (list: readonly Log[]) => Number(list.at(-1)?.logIndex ?? -1) + 1

/** `trace_block` names it in each frame, `debug_traceBlock…` beside each transaction's tree. */
function transactionOf(trace: unknown): unknown {
  const { transactionHash, txHash } = trace as { transactionHash?: unknown; txHash?: unknown }
  return transactionHash ?? txHash
}

function transactionsOf(traces: readonly unknown[]): unknown[] {
  return [...new Set(traces.map(transactionOf))]
}
