import type { Address } from '@coffer/evm/address'
import type { BlockHash, TxHash } from '@coffer/evm/hash'
import { type JsonRpc, RpcAnswerError } from '@coffer/evm/json-rpc'
import { erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import type { Moved, Movements } from '../chain-ports.ts'
import { TRANSFER, type TraceMethod } from './json-rpc-transfers.ts'

type Log = { address: string; topics: readonly string[]; data: string }
type Receipt = { status: string; blockNumber: string; blockHash: string; logs: readonly Log[] }
type Sent = { from: string; to: string | null; value: string }
type Header = { hash: string; timestamp: string }
type Frame = {
  type?: string
  from: string
  to?: string
  value?: string
  error?: string
  calls?: readonly Frame[]
}
type Trace = {
  traceAddress: readonly number[]
  error?: string
  action: { callType?: string; from?: string; to?: string; value?: string }
}
type Native = Omit<Moved, 'asset'>

/**
 * All that a transaction moved: its own value, what its logs say, and, where the node tells of
 * them, its inner calls. `undefined` where no block of the chain has it.
 */
export async function movementsOf(
  rpc: JsonRpc,
  hash: TxHash,
  traceMethod: TraceMethod,
): Promise<Movements | undefined> {
  const chain = chainIdOf(Number(await rpc.call('eth_chainId', [])))
  const [receipt, sent] = (await rpc.batch([
    { method: 'eth_getTransactionReceipt', params: [hash] },
    { method: 'eth_getTransactionByHash', params: [hash] },
  ])) as [Receipt | null, Sent | null]
  if (!(receipt && sent)) return undefined
  const block = (await rpc.call('eth_getBlockByNumber', [
    receipt.blockNumber,
    false,
  ])) as Header | null
  // A node may still tell of a block that is no longer on its chain.
  if (block?.hash !== receipt.blockHash) return undefined
  const succeeded = receipt.status === '0x1'
  const inner = succeeded ? await innerCalls(rpc, hash, traceMethod) : []
  const native = [...ownValue(sent), ...(inner ?? [])]
  const asset = nativeAssetId(chain)
  return {
    block: {
      number: BigInt(receipt.blockNumber),
      hash: block.hash as BlockHash,
      at: new Date(Number(block.timestamp) * 1_000),
    },
    ...{ sender: addressOf(sent.from), succeeded, tellsCalls: inner !== undefined },
    moved: succeeded
      ? [
          ...native.map((each) => ({ ...each, asset })),
          ...receipt.logs.flatMap((log, place) =>
            transferIn(log, `log:${place}`, (contract) => erc20AssetId(chain, contract)),
          ),
        ]
      : [],
  }
}

const ownValue = ({ from, to, value }: Sent): Native[] =>
  to === null || BigInt(value) === 0n
    ? []
    : [{ position: 'value', from: addressOf(from), to: addressOf(to), amount: BigInt(value) }]

function transferIn(
  { address, topics, data }: Log,
  position: string,
  assetOf: (contract: string) => Moved['asset'],
): Moved[] {
  const [topic, from, to] = topics
  const isTransfer = topic?.toLowerCase() === TRANSFER && topics.length === 3 && data.length === 66
  if (!(isTransfer && from && to)) return []
  const ends = { from: addressOf(from.slice(26)), to: addressOf(to.slice(26)) }
  return [{ position, asset: assetOf(address), ...ends, amount: BigInt(data) }]
}

/** `undefined` where the node tells of none. */
async function innerCalls(
  rpc: JsonRpc,
  hash: TxHash,
  method: TraceMethod,
): Promise<Native[] | undefined> {
  try {
    return method === 'trace_block'
      ? listed((await rpc.call('trace_transaction', [hash])) as Trace[])
      : nested(
          (await rpc.call('debug_traceTransaction', [hash, { tracer: 'callTracer' }])) as Frame,
        )
  } catch (error) {
    if (error instanceof RpcAnswerError) return undefined
    throw error
  }
}

/** What a call borrows from the one around it moves nothing. */
const MOVING = new Set(['CALL', 'CREATE', 'CREATE2', 'SELFDESTRUCT'])

function nested(root: Frame, path: readonly number[] = []): Native[] {
  if (root.error) return []
  const { type = 'CALL', from, to, value = '0x0' } = root
  const moves = path.length > 0 && to !== undefined && MOVING.has(type.toUpperCase())
  return [
    ...(moves ? moved(path, { from, to, value }) : []),
    ...(root.calls ?? []).flatMap((call, place) => nested(call, [...path, place])),
  ]
}

function listed(traces: readonly Trace[]): Native[] {
  const failed = traces.filter(({ error }) => error).map(({ traceAddress }) => traceAddress)
  const isUndone = (path: readonly number[]) =>
    failed.some((above) => above.every((place, depth) => path[depth] === place))
  return traces.flatMap(({ traceAddress, action: { callType, from, to, value } }) =>
    traceAddress.length > 0 && callType === 'call' && from && to && !isUndone(traceAddress)
      ? moved(traceAddress, { from, to, value: value ?? '0x0' })
      : [],
  )
}

function moved(
  path: readonly number[],
  { from, to, value }: { from: string; to: string; value: string },
): Native[] {
  const amount = BigInt(value)
  if (amount === 0n) return []
  const position = `trace:${path.join('.')}`
  return [{ position, from: addressOf(from), to: addressOf(to), amount }]
}

const addressOf = (hex: string): Address => `0x${hex.replace(/^0x/, '').toLowerCase()}` as Address
