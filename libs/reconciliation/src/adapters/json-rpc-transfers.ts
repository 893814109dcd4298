import type { Address } from '@coffer/evm/address'
import type { JsonRpc, RpcCall } from '@coffer/evm/json-rpc'
import { type AssetId, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import type { ChainTransfer, DepositName } from '../domain/judge-credit.ts'

/** How a node is asked for traces: by the method that its operator set for blocks. */
export type TraceMethod = 'debug_traceBlockByHash' | 'trace_block'

/** Keccak-256 of `Transfer(address,address,uint256)`, EIP-20. */
export const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

type Log = { address: string; topics: string[]; data: string }
type Receipt = { status: string; contractAddress?: string | null; logs: Log[] }
type Sent = { to: string | null; value: string }
type Frame = { to?: string; value?: string; error?: string; calls?: Frame[] }
type Trace = {
  traceAddress: number[]
  error?: string
  action: { to?: string; value?: string; refundAddress?: string; balance?: string }
  result?: { address?: string } | null
}

/** What one node says of each name, in order; `undefined` where it has no such transfer. */
export async function transfersOf(
  rpc: JsonRpc,
  names: readonly DepositName[],
  traceMethod: TraceMethod,
): Promise<(ChainTransfer | undefined)[]> {
  const hashes = [...new Set(names.map(({ txHash }) => txHash))]
  const chain = chainIdOf(Number(await rpc.call('eth_chainId', [])))
  const receipts = await answers<Receipt>(rpc, hashes, receiptCall)
  const valued = new Set(names.filter(isOf('value')).map(({ txHash }) => txHash))
  const sent = await answers<Sent>(rpc, [...valued], transactionCall)
  const traced = new Set(names.filter(isOf('trace:')).map(({ txHash }) => txHash))
  const traces = await answers<Frame | Trace[]>(rpc, [...traced], traceCall(traceMethod))

  return names.map(({ txHash, position }) => {
    const receipt = receipts.get(txHash)
    if (receipt?.status !== '0x1') return undefined
    const [kind, place = ''] = position.split(':')
    if (kind === 'log') {
      const log = receipt.logs[Number(place)]
      return log && tokenTransfer(log, (contract) => erc20AssetId(chain, contract))
    }
    const moved =
      kind === 'value'
        ? valueSent(sent.get(txHash), receipt)
        : framed(traces.get(txHash), place.split('.').map(Number))
    return moved && { asset: nativeAssetId(chain), ...moved }
  })
}

const isOf =
  (kind: string) =>
  ({ position }: DepositName): boolean =>
    position.startsWith(kind)

const receiptCall = (hash: string) => ({ method: 'eth_getTransactionReceipt', params: [hash] })
const transactionCall = (hash: string) => ({ method: 'eth_getTransactionByHash', params: [hash] })
const traceCall = (method: TraceMethod) => (hash: string) =>
  method === 'trace_block'
    ? { method: 'trace_transaction', params: [hash] }
    : { method: 'debug_traceTransaction', params: [hash, { tracer: 'callTracer' }] }

async function answers<Answer>(
  rpc: JsonRpc,
  hashes: readonly string[],
  call: (hash: string) => RpcCall,
): Promise<Map<string, Answer>> {
  const found = await rpc.batch(hashes.map(call))
  return new Map(
    hashes.flatMap((hash, place) => {
      const answer = found[place] as Answer | null
      return answer === null || answer === undefined ? [] : [[hash, answer] as const]
    }),
  )
}

function tokenTransfer(
  { address, topics, data }: Log,
  assetOf: (contract: string) => AssetId,
): ChainTransfer | undefined {
  const [topic, , to] = topics
  if (topic?.toLowerCase() !== TRANSFER || topics.length !== 3 || data.length !== 66) {
    return undefined
  }
  return { asset: assetOf(address), to: addressOf(to?.slice(26)), amount: BigInt(data) }
}

type Moved = Pick<ChainTransfer, 'to' | 'amount'> | undefined

function valueSent(sent: Sent | undefined, { contractAddress }: Receipt): Moved {
  const to = sent?.to ?? contractAddress
  return sent && to ? { to: addressOf(to.slice(2)), amount: BigInt(sent.value) } : undefined
}

/** The call at a place in the tree, if it and all above it succeeded. */
function framed(trace: Frame | Trace[] | undefined, path: readonly number[]): Moved {
  if (trace === undefined) return undefined
  return Array.isArray(trace) ? listed(trace, path) : nested(trace, path)
}

function nested(root: Frame, path: readonly number[]): Moved {
  let frame: Frame | undefined = root
  for (const place of path) {
    if (frame === undefined || frame.error) return undefined
    frame = frame.calls?.[place]
  }
  if (!frame?.to || frame.error) return undefined
  return { to: addressOf(frame.to.slice(2)), amount: BigInt(frame.value ?? '0x0') }
}

function listed(traces: readonly Trace[], path: readonly number[]): Moved {
  const at = (prefix: readonly number[]) =>
    traces.find(({ traceAddress }) => traceAddress.join('.') === prefix.join('.'))
  const above = path.map((_, depth) => at(path.slice(0, depth)))
  const found = at(path)
  if (!found || found.error || above.some((each) => !each || each.error)) return undefined
  const { action, result } = found
  const to = action.refundAddress ?? action.to ?? result?.address
  const amount = action.balance ?? action.value
  return to && amount ? { to: addressOf(to.slice(2)), amount: BigInt(amount) } : undefined
}

const addressOf = (hex = ''): Address => `0x${hex.toLowerCase()}` as Address
