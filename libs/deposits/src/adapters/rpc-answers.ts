import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import type { ProvenHeader } from '@coffer/evm/block-proof'
import { blockHash } from '@coffer/evm/hash'
import type { ReceiptJson } from '@coffer/evm/receipts-root'
import type { WithdrawalJson } from '@coffer/evm/withdrawals-root'
import { units } from '@coffer/money/units'
import type { Block, BlockHeader, Producer, Withdrawal } from '../domain/block.ts'

/** What `eth_getBlockByNumber` answers when asked for hashes only; its proof takes all of it. */
export type RpcHeader = ProvenHeader & {
  number: string
  hash: string
  parentHash: string
  timestamp: string
  /** Some chains name nobody. */
  miner?: string | null
  baseFeePerGas?: string
  transactions: readonly string[]
}

/** An element of what `eth_getBlockReceipts` answers, as far as it is read. */
export type RpcReceipt = Omit<ReceiptJson, 'logs'> & {
  transactionHash: string
  blockHash: string
  from: string
  to: string | null
  contractAddress?: string | null
  logs: readonly RpcLog[]
}

export type RpcLog = {
  address: string
  topics: readonly string[]
  data: string
  blockHash: string
  transactionHash: string
  /** Counts the logs of the block from 0. */
  logIndex: string
  removed?: boolean
}

/** An element of what `eth_getLogs` answers. */
export type RpcPlacedLog = RpcLog & { blockNumber: string; transactionIndex: string }

/** What `eth_getTransactionByHash` answers, as far as it is read. */
export type RpcTransaction = {
  hash: string
  blockHash: string | null
  to: string | null
  value: string
}

/** Reads a header. Throws {@link BlockMissingError} on null: never nothing, always ask again. */
export function headerOf(answer: RpcHeader | null, height: bigint | string): BlockHeader {
  if (answer === null) throw new BlockMissingError(height)
  return {
    number: BigInt(answer.number),
    hash: blockHash(answer.hash),
    parentHash: blockHash(answer.parentHash),
    time: new Date(Number(answer.timestamp) * 1_000),
  }
}

/** What a header says of coin that its block pays without a transaction. */
export const paidByBlock = ({
  miner,
  baseFeePerGas = '0x0',
  withdrawals,
}: RpcHeader): Pick<Block, 'producer' | 'withdrawals'> => ({
  ...(miner ? { producer: producerOf(miner, baseFeePerGas) } : {}),
  ...(withdrawals?.length ? { withdrawals: withdrawals.map(withdrawalOf) } : {}),
})

const producerOf = (miner: string, baseFee: string): Producer => ({
  address: miner.toLowerCase() as Address,
  baseFee: BigInt(baseFee),
})

const GWEI = 10n ** 9n

const withdrawalOf = ({ index, address, amount }: WithdrawalJson): Withdrawal => ({
  index: BigInt(index),
  to: address.toLowerCase() as Address,
  amount: units(BigInt(amount) * GWEI),
})

/** The node doesn't have a block that it should have. */
export class BlockMissingError extends AppError {
  readonly code = 'SCAN_BLOCK_MISSING'

  constructor(height: bigint | string) {
    super(`The node has no block ${height}, though its chain reaches further.`, {
      retry: 'retry',
      details: { height },
    })
  }
}
