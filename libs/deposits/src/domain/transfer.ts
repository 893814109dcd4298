import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'
import type { BlockHeader } from './block.ts'

/**
 * Where in its transaction a transfer stands: `log:<index of the log within its own receipt>`, or
 * `value` for the transaction's own value. Unlike the block-wide log index it stays the same when
 * a reorg includes the transaction in another block.
 */
export type Position = `log:${number}` | 'value'

/** A movement of an accepted asset to a watched address. */
export type Transfer = {
  txHash: TxHash
  position: Position
  asset: AssetId
  amount: Units
  from: Address
  to: Address
}

/** A transfer and the block it was found in. */
export type FoundTransfer = Transfer & { block: BlockHeader }

/** A transfer's identity on every branch of its chain: `{chain}:{txHash}:{position}`. */
export const depositId = (
  chain: ChainId,
  { txHash, position }: Pick<Transfer, 'txHash' | 'position'>,
) => `${chain}:${txHash}:${position}`
