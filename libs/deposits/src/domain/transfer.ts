import type { Address } from '@coffer/evm/address'
import { type TxHash, txHash } from '@coffer/evm/hash'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'
import type { BlockHeader, BlockRef } from './block.ts'
import type { Rejection } from './rejection.ts'

/** A call by its place in the tree of calls: `trace:0.1` is the second one made by the first. */
export type TracePosition = `trace:${string}`

/**
 * Where in its transaction a transfer stands: `log:<index of the log within its own receipt>`,
 * `value` for the transaction's own value, or the call that paid it. Unlike the block-wide log
 * index it stays the same when a reorg includes the transaction in another block. What a block pays
 * without a transaction has a place of its own: see {@link withdrawalPlace}, {@link producerPlace}.
 */
export type Position =
  | `log:${number}`
  | 'value'
  | TracePosition
  | `withdrawal:${bigint}`
  | 'coinbase'

type Place = { txHash: TxHash; position: Position }

/**
 * The place of a withdrawal: its number among all of the chain, which stays the same in whichever
 * block it is, stands for a transaction hash too. No transaction has such a hash.
 */
export const withdrawalPlace = (index: bigint): Place => ({
  txHash: txHash(`0x${index.toString(16).padStart(64, '0')}`),
  position: `withdrawal:${index}`,
})

/**
 * The place of what the producer of a block earned by it. That is no other block's, so unlike
 * everything else it is named by its block, and goes and comes back with it.
 */
export const producerPlace = ({ hash }: BlockRef): Place => ({
  txHash: txHash(hash),
  position: 'coinbase',
})

/** A movement of an asset to a watched address. */
export type Transfer = {
  txHash: TxHash
  position: Position
  asset: AssetId
  amount: Units
  from: Address
  to: Address
}

/** A transfer, the block it was found in, and why it is not credited if it is not. */
export type FoundTransfer = Transfer & {
  block: BlockHeader
  rejection?: Rejection
  /** What so large an amount waits for, where that is not what its chain says. */
  tier?: string
}

/** A transfer's identity on every branch of its chain: `{chain}:{txHash}:{position}`. */
export const depositId = (
  chain: ChainId,
  { txHash, position }: Pick<Transfer, 'txHash' | 'position'>,
) => `${chain}:${txHash}:${position}`
