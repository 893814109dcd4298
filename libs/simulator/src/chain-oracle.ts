import { AppError } from '@coffer/errors/app-error'
import { type Asset, type AssetId, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { type ChainId, chainIdOf } from '@coffer/money/chain-id'
import { type Address, type Hex, keccak256, toHex } from 'viem'
import { type AnvilClient, anvilClient, quantity } from './anvil-client.ts'

export type ChainDeposit = {
  txHash: Hex
  /** As in a deposit's identity: `value`, or `log:` and the index within its own receipt. */
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
}

type Block = { hash: Hex; parentHash: Hex; transactions: Transaction[] }
type Transaction = { hash: Hex; to: Address | null; value: Hex }
type Log = { address: Address; topics: Hex[]; data: Hex }
type Receipt = { blockHash: Hex; status: Hex; logs: Log[] }

const TRANSFER = keccak256(toHex('Transfer(address,address,uint256)'))

/**
 * The deposits that are on the chain, by the plainest reading there is: each block, each of its
 * transactions, each receipt. It judges the scanner, so it shares nothing with it. It sees a
 * transaction's own value and the logs of tokens, not the coin that contracts pay out. Throws
 * {@link ChainMovedError} when a reorg passes underneath it.
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
    const receipts = await readReceipts(client, block, number)
    for (const [index, transaction] of block.transactions.entries()) {
      const transfers = transfersIn(chain, transaction, receipts[index] as Receipt)
      for (const { position, to, asset, amount } of transfers) {
        if (!watched.has(to) || !accepted.has(asset) || amount === 0n) continue
        deposits.push({
          txHash: transaction.hash,
          position,
          to,
          asset,
          amount,
          blockNumber: number,
        })
      }
    }
  }

  const totals: Record<AssetId, bigint> = {}
  for (const { asset, amount } of deposits) totals[asset] = (totals[asset] ?? 0n) + amount
  return { deposits, totals }
}

type Transfer = { position: string; to: Address; asset: AssetId; amount: bigint }

function transfersIn(chain: ChainId, { to, value }: Transaction, receipt: Receipt): Transfer[] {
  if (receipt.status !== '0x1') return []
  const transfers: Transfer[] = []
  if (to !== null) {
    const receiver = to.toLowerCase() as Address
    const amount = BigInt(value)
    transfers.push({ position: 'value', to: receiver, asset: nativeAssetId(chain), amount })
  }
  for (const [index, { address, topics, data }] of receipt.logs.entries()) {
    const [event, , receiver] = topics
    // Exactly three topics and one word: an NFT's Transfer has a fourth topic and no data.
    if (event !== TRANSFER || topics.length !== 3 || data.length !== 66) continue
    transfers.push({
      position: `log:${index}`,
      to: `0x${receiver?.slice(26).toLowerCase()}`,
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

async function readReceipts(client: AnvilClient, block: Block, number: bigint): Promise<Receipt[]> {
  const calls = block.transactions.map(({ hash }) => {
    return { method: 'eth_getTransactionReceipt', params: [hash] }
  })
  const receipts = await client.batch<Receipt | null>(calls)
  return receipts.map((receipt) => {
    if (receipt === null || receipt.blockHash !== block.hash) throw new ChainMovedError(number)
    return receipt
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
