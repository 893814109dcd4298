import { AppError } from '@coffer/errors/app-error'
import type { AssetId } from '@coffer/money/asset'
import type { Address, Hex } from 'viem'
import { type AnvilClient, anvilClient, quantity, type RpcCall } from './anvil-client.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'
import { strangerAddress } from './deposit-plan.ts'
import {
  type Call,
  MAX_FEE_PER_GAS,
  mintCall,
  nativeCall,
  sendTransaction,
  tokenCall,
  tokenOf,
} from './encode-transaction.ts'
import { pauseMining } from './pause-mining.ts'
import { seededRandom } from './seeded-random.ts'
import { sendCalls } from './send-calls.ts'
import { addBalances, findSenders, type Sender } from './senders.ts'

export type FillChainOptions = {
  rpcUrl: string
  blocks: number
  tokenTransfersPerBlock: number
  nativeTransfersPerBlock: number
  watched: readonly string[]
  /** The part of the transfers that go to `watched`, from 0 to 1. Default 0.1. */
  watchedShare?: number
  seed: number
  onProgress?: (progress: { blocks: number; of: number }) => void
}

export type FilledChain = {
  /** The first and the last of the new blocks. */
  fromBlock: bigint
  toBlock: bigint
  transfers: number
  watchedTransfers: number
  /** Those of them that were in the token. */
  watchedTokens: number
  /** What the watched addresses received. */
  totals: Record<AssetId, bigint>
}

/** Few, since Anvil slows down as its state grows. */
const STRANGERS = 1_000
const AMOUNT_MAX = 1_000_000n
const READ_BLOCKS = 50
/** As many as there are cores at most. */
const REQUESTS = 2

/**
 * Builds many blocks of transfers quickly, in the test dollar and the chain's coin, for benchmarks.
 * Then counts what was mined: throws {@link FillError} when anything is missing or failed. The
 * senders are impersonated, since signing would take three quarters of the time: the signatures on
 * the new transactions are empty, and their hashes are not those of their bytes.
 */
export async function fillChain(options: FillChainOptions): Promise<FilledChain> {
  const client = anvilClient(options.rpcUrl)
  const draw = await drawing(client, options)
  const perBlock = options.tokenTransfersPerBlock + options.nativeTransfersPerBlock
  const senders = await findSenders(client, options.watched)
  await fund(client, senders, { transfers: options.blocks * perBlock, token: draw.token })

  return pauseMining(client, async () => {
    const fromBlock = (await client.head()).number + 1n
    for (let block = 0; block < options.blocks; block++) {
      const requests = Array.from({ length: perBlock }, (_, index) => {
        const sender = senders[index % senders.length] as Sender
        const call = draw.call(index < options.tokenTransfersPerBlock)
        return sendTransaction(call, sender.account, sender.nonce++)
      })
      await sendAtOnce(client, requests)
      await client.mine()
      options.onProgress?.({ blocks: block + 1, of: options.blocks })
    }
    const toBlock = (await client.head()).number
    const tokensPerBlock = options.tokenTransfersPerBlock
    await requireMined(client, { fromBlock, toBlock, perBlock, tokensPerBlock })
    return { fromBlock, toBlock, transfers: options.blocks * perBlock, ...draw.received }
  })
}

/** Draws transfers, and keeps count of those to watched addresses. */
async function drawing(client: AnvilClient, options: FillChainOptions) {
  const { seed, watched, watchedShare = 0.1 } = options
  const { assets } = await deployTestContracts(client)
  const [native, tusd] = assets
  const random = seededRandom(seed)
  const strangers = Array.from({ length: STRANGERS }, () => strangerAddress(random))
  const token = tokenOf(tusd.id)
  const totals: Record<AssetId, bigint> = {}
  const received = { watchedTransfers: 0, watchedTokens: 0, totals }
  const call = (isToken: boolean): Call => {
    const asset = isToken ? tusd.id : native.id
    const amount = 1n + BigInt(random.below(Number(AMOUNT_MAX)))
    const isWatched = watched.length > 0 && random.below(1_000_000) < watchedShare * 1_000_000
    const to = random.pick(isWatched ? watched : strangers).toLowerCase() as Address
    if (isWatched) {
      received.watchedTransfers++
      if (isToken) received.watchedTokens++
      totals[asset] = (totals[asset] ?? 0n) + amount
    }
    return isToken ? tokenCall(token, to, amount) : nativeCall(to, amount)
  }
  return { token, received, call }
}

/** Gives each sender enough to make all the transfers alone. */
async function fund(
  client: AnvilClient,
  senders: readonly Sender[],
  { transfers, token }: { transfers: number; token: Address },
): Promise<void> {
  const count = BigInt(transfers + 1)
  const wei = count * (AMOUNT_MAX + 200_000n * MAX_FEE_PER_GAS)
  await addBalances(
    client,
    senders.map(({ account }) => ({ account, wei })),
  )
  const mints = senders.map((sender) => {
    return { sender, call: mintCall(token, sender.account, count * AMOUNT_MAX) }
  })
  await sendCalls(client, mints, { blocks: 1 })
}

/** In several requests, for the node signs those of one request one after the other. */
async function sendAtOnce(client: AnvilClient, requests: readonly RpcCall[]): Promise<void> {
  const size = Math.ceil(requests.length / REQUESTS)
  const parts = Array.from({ length: REQUESTS }, (_, index) =>
    requests.slice(index * size, (index + 1) * size),
  )
  await Promise.all(parts.map((part) => client.batch(part)))
}

/** Counts transactions and token transfers, which Anvil tells much faster than receipts. */
async function requireMined(
  client: AnvilClient,
  range: { fromBlock: bigint; toBlock: bigint; perBlock: number; tokensPerBlock: number },
): Promise<void> {
  for (let first = range.fromBlock; first <= range.toBlock; first += BigInt(READ_BLOCKS)) {
    const size = Math.min(READ_BLOCKS, Number(range.toBlock - first) + 1)
    const counts = await client.batch<Hex>(
      Array.from({ length: size }, (_, index) => {
        const params = [quantity(first + BigInt(index))]
        return { method: 'eth_getBlockTransactionCountByNumber', params }
      }),
    )
    const between = { fromBlock: quantity(first), toBlock: quantity(first + BigInt(size - 1)) }
    const logs = await client.request<unknown[]>('eth_getLogs', [between])
    const transactions = counts.reduce((total, count) => total + Number(count), 0)
    const expected = { transactions: size * range.perBlock, logs: size * range.tokensPerBlock }
    if (transactions === expected.transactions && logs.length === expected.logs) continue
    throw new FillError({ firstBlock: first, transactions, logs: logs.length, expected })
  }
}

type Counts = { transactions: number; logs: number }

export class FillError extends AppError {
  readonly code = 'SIMULATOR_FILL'

  constructor(found: Counts & { firstBlock: bigint; expected: Counts }) {
    super(
      `The blocks from ${found.firstBlock} hold ${found.transactions} transactions with ` +
        `${found.logs} token transfers, expected ${found.expected.transactions} with ` +
        `${found.expected.logs}. Fill a fresh Anvil that nobody else uses, with a --gas-limit ` +
        'that holds so many.',
      { retry: 'never', details: found },
    )
  }
}
