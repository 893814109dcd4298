import { AppError } from '@coffer/errors/app-error'
import { type Asset, type AssetId, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { type ChainId, chainIdOf } from '@coffer/money/chain-id'
import { type Address, type Hex, keccak256, toHex } from 'viem'
import { type AnvilClient, anvilClient, quantity } from './anvil-client.ts'
import { type CallFrame, movedValue } from './call-frames.ts'
import { settleDoubts } from './settle-doubts.ts'

export type ChainDeposit = {
  txHash: Hex
  /**
   * As in a deposit's identity: `value`, `log:` and the index within its own receipt, or `trace:`
   * and the trace address.
   */
  position: string
  to: Address
  asset: AssetId
  amount: bigint
  blockNumber: bigint
}

export type ReadDepositsOptions = {
  rpcUrl: string
  /** Watched addresses, in any letter case. */
  addresses: ReadonlySet<string>
  /** Accepted assets. What is paid in any other doesn't count. */
  assets: readonly Asset[]
  /** Default 0. */
  fromBlock?: bigint
  /** Default: the head. */
  toBlock?: bigint
  /** Whether coin counts that contracts move or are created with. Default false. */
  internal?: boolean
}

type Block = { hash: Hex; parentHash: Hex; transactions: Transaction[] }
type Transaction = { hash: Hex; to: Address | null; value: Hex }
type Log = { address: Address; topics: Hex[]; data: Hex }
type Receipt = {
  blockHash: Hex
  status: Hex
  contractAddress: Address | null
  gasUsed: Hex
  effectiveGasPrice: Hex
  logs: Log[]
}

const TRANSFER = keccak256(toHex('Transfer(address,address,uint256)'))
/** What stands before an address in a topic. */
const PADDING = `0x${'0'.repeat(24)}`

/**
 * The deposits that are on the chain, by the plainest reading there is: each block, each of its
 * transactions, each receipt, and if asked to the trace of each transaction. It judges the scanner,
 * so it shares nothing with it. Throws {@link ChainMovedError} when a reorg passes underneath it.
 */
export async function readDeposits(
  options: ReadDepositsOptions,
): Promise<{ deposits: ChainDeposit[]; totals: Record<AssetId, bigint> }> {
  const client = anvilClient(options.rpcUrl)
  const chain = chainIdOf(Number(await client.request<Hex>('eth_chainId')))
  const watched = new Set([...options.addresses].map((address) => address.toLowerCase()))
  const accepted = new Set<AssetId>(options.assets.map(({ id }) => id))
  const last = options.toBlock ?? BigInt(await client.request<Hex>('eth_blockNumber'))

  const deposits: ChainDeposit[] = []
  let parent: Hex | undefined
  for (let number = options.fromBlock ?? 0n; number <= last; number++) {
    const block = await readBlock(client, number)
    if (parent !== undefined && block.parentHash !== parent) throw new ChainMovedError(number)
    parent = block.hash
    const { internal = false } = options
    for (const transfer of await readTransfers({ client, chain, block, number, internal })) {
      const { to, asset, amount } = transfer
      if (!watched.has(to) || !accepted.has(asset) || amount === 0n) continue
      deposits.push({ ...transfer, blockNumber: number })
    }
  }

  const totals: Record<AssetId, bigint> = {}
  for (const { asset, amount } of deposits) totals[asset] = (totals[asset] ?? 0n) + amount
  return { deposits, totals }
}

type Transfer = Omit<ChainDeposit, 'blockNumber'>
type Reading = {
  client: AnvilClient
  chain: ChainId
  block: Block
  number: bigint
  internal: boolean
}

async function readTransfers(reading: Reading): Promise<Transfer[]> {
  const { chain, block, internal } = reading
  const receipts = await readReceipts(reading)
  const traces = internal ? await readTraces(reading) : []
  const transfers: Transfer[] = []
  for (const [index, transaction] of block.transactions.entries()) {
    const receipt = receipts[index] as Receipt
    const trace = traces[index]
    if (receipt.status !== '0x1') continue
    transfers.push(...transfersIn(chain, transaction, receipt))
    if (trace) transfers.push(...(await coinInside(reading, { transaction, receipt, trace })))
  }
  return transfers
}

type Traced = { transaction: Transaction; receipt: Receipt; trace: CallFrame }

/** The coin that contracts move, and that which the transaction creates a contract with. */
async function coinInside(
  { client, chain }: Reading,
  { transaction, receipt, trace }: Traced,
): Promise<Transfer[]> {
  const { hash: txHash } = transaction
  const asset = nativeAssetId(chain)
  const { from, to = null, value = '0x0' } = trace
  const fee = BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice)
  const outer = { from, to, value: BigInt(value), fee }
  const moved = await settleDoubts(client, { hash: txHash, moved: movedValue(trace), outer })
  const inside = moved.map(({ position, to, amount }) => ({ txHash, position, to, asset, amount }))
  if (receipt.contractAddress === null) return inside
  const created = receipt.contractAddress.toLowerCase() as Address
  const amount = BigInt(transaction.value)
  return [{ txHash, position: 'value', to: created, asset, amount }, ...inside]
}

/** The transaction's own value, and the logs of tokens. */
function transfersIn(chain: ChainId, transaction: Transaction, receipt: Receipt): Transfer[] {
  const { hash: txHash, to, value } = transaction
  const transfers: Transfer[] = []
  if (to !== null) {
    const receiver = to.toLowerCase() as Address
    const amount = BigInt(value)
    transfers.push({ txHash, position: 'value', to: receiver, asset: nativeAssetId(chain), amount })
  }
  for (const [index, { address, topics, data }] of receipt.logs.entries()) {
    const [event, sender, receiver] = topics
    // Exactly three topics and one word: an NFT's Transfer has a fourth topic and no data.
    if (event !== TRANSFER || topics.length !== 3 || data.length !== 66) continue
    if (!sender?.startsWith(PADDING) || !receiver?.startsWith(PADDING)) continue
    transfers.push({
      txHash,
      position: `log:${index}`,
      to: `0x${receiver.slice(26).toLowerCase()}`,
      asset: erc20AssetId(chain, address),
      amount: BigInt(data),
    })
  }
  return transfers
}

async function readBlock(client: AnvilClient, number: bigint): Promise<Block> {
  const params = [quantity(number), true]
  const block = await client.request<Block | null>('eth_getBlockByNumber', params)
  if (block === null) throw new ChainMovedError(number)
  return block
}

async function readReceipts({ client, block, number }: Reading): Promise<Receipt[]> {
  const calls = block.transactions.map(({ hash }) => {
    return { method: 'eth_getTransactionReceipt', params: [hash] }
  })
  const receipts = await client.batch<Receipt | null>(calls)
  return receipts.map((receipt) => {
    if (receipt === null || receipt.blockHash !== block.hash) throw new ChainMovedError(number)
    return receipt
  })
}

/** One trace for each transaction, all of this block: a trace doesn't say which one it is of. */
async function readTraces({ client, block, number }: Reading): Promise<CallFrame[]> {
  const calls = block.transactions.map(({ hash }) => {
    return { method: 'debug_traceTransaction', params: [hash, { tracer: 'callTracer' }] }
  })
  const traces = await client.batch<CallFrame | { structLogs: unknown }>(calls)
  const { hash } = await readBlock(client, number)
  return traces.map((trace) => {
    // Of a transaction that it doesn't have Anvil gives an empty trace of another kind.
    if (hash !== block.hash || !('type' in trace)) throw new ChainMovedError(number)
    return trace
  })
}

export class ChainMovedError extends AppError {
  readonly code = 'SIMULATOR_CHAIN_MOVED'

  constructor(blockNumber: bigint) {
    super(
      `The chain changed at block ${blockNumber} while it was being read. Expected a chain that ` +
        'stands still; read it again.',
      { retry: 'retry', details: { blockNumber } },
    )
  }
}
