import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import { type Confirmations, isTag } from '@coffer/evm/confirmations'
import type { Endpoints } from '@coffer/evm/endpoints'
import type { BlockHash } from '@coffer/evm/hash'
import type { JsonRpc, RpcCall } from '@coffer/evm/json-rpc'
import type { AssetId } from '@coffer/money/asset'
import type { ChainBlock, CustodyChain } from '../chain-ports.ts'
import { movementsOf } from './json-rpc-movements.ts'
import { type TraceMethod, transfersOf } from './json-rpc-transfers.ts'

export type JsonRpcCustodyOptions = {
  endpoints: Pick<Endpoints, 'pin' | 'quorum'>
  /** How many hosts must say alike what is booked by their word. */
  quorum: number
  confirmations: Confirmations
  traceMethod: TraceMethod
}

/** Some chains make several blocks a second; of these the last one of an earlier second counts. */
const BLOCKS_BACK = 32n

/** A chain as its nodes tell it: of what nobody has proven, so that nobody is credited by it. */
export function jsonRpcCustody(options: JsonRpcCustodyOptions): CustodyChain {
  const { endpoints, quorum, confirmations, traceMethod } = options
  let lastAsked: string | undefined
  const pin = async <T>(work: (rpc: JsonRpc) => Promise<T>, again = false): Promise<T> => {
    const avoid = again && lastAsked !== undefined ? [lastAsked] : []
    return await endpoints.pin(
      async (rpc) => {
        const result = await work(rpc)
        lastAsked = rpc.name
        return result
      },
      { avoid },
    )
  }
  return {
    finalHeight: () => pin((rpc) => finalHeight(rpc, confirmations)),
    finalBlock: () => pin((rpc) => finalBlock(rpc, confirmations)),
    balances: (block, holders, assets) => pin((rpc) => balances(rpc, { block, holders, assets })),
    movements(transaction, { again = false } = {}) {
      const ask = (rpc: JsonRpc) => movementsOf(rpc, transaction, traceMethod)
      return quorum > 1 ? endpoints.quorum(quorum, ask) : pin(ask, again)
    },
    transfers: (names, { again = false } = {}) =>
      pin((rpc) => transfersOf(rpc, names, traceMethod), again),
  }
}

type Header = { number: string; hash: string; timestamp: string }

async function finalHeight(rpc: JsonRpc, confirmations: Confirmations): Promise<bigint> {
  const tag = isTag(confirmations) ? confirmations : 'latest'
  const newest = blockOf(await rpc.call('eth_getBlockByNumber', [tag, false]))
  const depth = isTag(confirmations) ? 0n : BigInt(confirmations) - 1n
  return newest.number > depth ? newest.number - depth : 0n
}

async function finalBlock(rpc: JsonRpc, confirmations: Confirmations): Promise<ChainBlock> {
  const final = await finalHeight(rpc, confirmations)
  const first = final > BLOCKS_BACK ? final - BLOCKS_BACK : 0n
  const heights: bigint[] = []
  for (let height = final; height >= first; height -= 1n) heights.push(height)
  const answers = await rpc.batch(
    heights.map((height) => {
      return { method: 'eth_getBlockByNumber', params: [`0x${height.toString(16)}`, false] }
    }),
  )
  const [next, ...below] = answers.map(blockOf)
  let after = next
  for (const block of below) {
    if (after !== undefined && block.at < after.at) return block
    after = block
  }
  throw new CustodyAnswerError('its final blocks are of one and the same second, or too few')
}

function blockOf(answer: unknown): ChainBlock {
  const { number, hash, timestamp } = (answer ?? {}) as Partial<Header>
  if (!(number && hash && timestamp)) throw new CustodyAnswerError('a block is missing')
  return {
    number: BigInt(number),
    hash: hash as BlockHash,
    at: new Date(Number(timestamp) * 1_000),
  }
}

type Asked = { block: ChainBlock; holders: readonly Address[]; assets: readonly AssetId[] }

async function balances(
  rpc: JsonRpc,
  { block, holders, assets }: Asked,
): Promise<Map<AssetId, bigint>> {
  const sums = new Map<AssetId, bigint>(assets.map((asset) => [asset, 0n]))
  const asked = assets.flatMap((asset) => holders.map((holder) => ({ asset, holder })))
  const answers = await rpc.batch(
    asked.map(({ asset, holder }) => balanceCall(asset, holder, block.hash)),
  )
  for (const [place, { asset, holder }] of asked.entries()) {
    const balance = balanceIn(answers[place], asset, holder)
    sums.set(asset, (sums.get(asset) ?? 0n) + balance)
  }
  return sums
}

/** The first four bytes of Keccak-256 of `balanceOf(address)`. */
const BALANCE_OF = '0x70a08231'

function balanceCall(asset: AssetId, holder: Address, blockHash: BlockHash): RpcCall {
  const [, token] = asset.split('/erc20:')
  if (token === undefined) return { method: 'eth_getBalance', params: [holder, { blockHash }] }
  const data = `${BALANCE_OF}${holder.slice(2).padStart(64, '0')}`
  return { method: 'eth_call', params: [{ to: token, data }, { blockHash }] }
}

function balanceIn(answer: unknown, asset: AssetId, holder: Address): bigint {
  // A token that wasn't created yet: nobody had any of it.
  if (answer === '0x') return 0n
  if (typeof answer === 'string' && /^0x[0-9a-f]{1,64}$/i.test(answer)) return BigInt(answer)
  throw new CustodyAnswerError(`the balance of ${holder} in ${asset} is missing`)
}

/** A node does not answer what was asked. Another may. */
export class CustodyAnswerError extends AppError {
  readonly code = 'RECONCILIATION_CHAIN_ANSWER'

  constructor(problem: string) {
    super(`The node answers what can't be reconciled: ${problem}. It is asked again later.`, {
      retry: 'retry',
      details: { problem },
    })
  }
}
