import type { Address } from '@coffer/evm/address'
import type { BlockHash, TxHash } from '@coffer/evm/hash'
import type { Units } from '@coffer/money/units'
import type { AmongWatched } from './among-watched.ts'
import type { CallFrame } from './call-frame.ts'

/** A block by height and hash: a height alone names different blocks before and after a reorg. */
export type BlockRef = { number: bigint; hash: BlockHash }

export type BlockHeader = BlockRef & {
  parentHash: BlockHash
  /** When the block says it was made. */
  time: Date
  /** When it was read, where that is traced. */
  read?: ReadTimes
}

/** When a block was asked for, told and proven, milliseconds since 1970. */
export type ReadTimes = { askedMs: number; toldMs: number; provenMs: number }

/** What a log says, in the order of its receipt. Hex in lower case. */
export type Log = { address: string; topics: readonly string[]; data: string }

/** A log and where it stands: of which transaction, as the how manieth of its logs from 0. */
export type PlacedLog = { txHash: TxHash; index: number; log: Log }

export type Receipt = {
  txHash: TxHash
  from: Address
  /** `null` when the transaction created a contract. */
  to: Address | null
  /** The contract that the transaction created, if it did. */
  created: Address | null
  /** Whether the transaction took effect; one that failed moved nothing. */
  succeeded: boolean
  logs: readonly Log[]
}

/** Coin that the chain itself pays, without a transaction: EIP-4895. */
export type Withdrawal = {
  /** Counts all withdrawals of the chain. */
  index: bigint
  to: Address
  amount: Units
}

/** Who made a block, and is paid the fees of its transactions above the base fee. */
export type Producer = { address: Address; baseFee: bigint }

/** A whole block as a node told it, after its parts were checked against each other. */
export type Block = BlockHeader & {
  receipts: readonly Receipt[]
  withdrawals?: readonly Withdrawal[]
  producer?: Producer
  /**
   * The calls of each transaction, where the chain is read with them; `null` may stand for a single
   * call that moved no coin, as most are.
   */
  traces?: readonly (CallFrame | null)[]
  /**
   * Read by its logs alone: there is a receipt for each transaction that logged something, with
   * nothing else in it, and how much a transfer moved is the node's word.
   */
  byLogs?: true
  /**
   * The logs that may be transfers of tokens to somebody who is watched, in order: a
   * quicker way to them than through the receipts, where there is one.
   */
  logsTo?: (among: AmongWatched) => readonly PlacedLog[]
  /**
   * Gives back at once what the block holds of memory, where that is much, and with it that of the
   * blocks that were read together with it. Its header alone may be read afterwards.
   */
  release?: () => void
}

/** Whether `block` stands directly on `parent`. */
export const standsOn = (block: BlockHeader, parent: BlockRef): boolean =>
  block.number === parent.number + 1n && block.parentHash === parent.hash

/** How many of `blocks`, from the first, stand on one another. */
export function linkedLength(blocks: readonly BlockHeader[]): number {
  let length = 0
  for (const block of blocks) {
    const parent = blocks[length - 1]
    if (parent && !standsOn(block, parent)) break
    length += 1
  }
  return length
}
