import type { Address } from '@coffer/evm/address'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import type { BlockHeader } from '../domain/block.ts'
import { BlockProofError } from './verify-block.ts'

/** An element of what `eth_getBlockReceipts` answers, as far as it tells of fees. */
type FeeReceipt = {
  blockHash: string
  from: string
  cumulativeGasUsed: string
  effectiveGasPrice?: string
  blobGasUsed?: string
  blobGasPrice?: string
  /** What a rollup takes for layer 1 besides. */
  l1Fee?: string
}

/**
 * What the producer of a block is to earn of its fees above the base fee, and what `account` paid
 * for its own transactions. Gas is proven by the block's receipts root; prices are the node's word.
 */
export async function blockFees(
  rpc: JsonRpc,
  block: BlockHeader,
  { account, baseFee }: { account: Address; baseFee: bigint },
): Promise<{ earned: bigint; paid: bigint }> {
  const answer = await rpc.call('eth_getBlockReceipts', [block.hash])
  if (!Array.isArray(answer) || answer.includes(null)) {
    throw new BlockProofError(block, 'the node does not have all receipts of it')
  }
  const fees = { earned: 0n, paid: 0n }
  let before = 0n
  for (const receipt of answer as readonly FeeReceipt[]) {
    const { blockHash, from, cumulativeGasUsed, effectiveGasPrice = '0x0' } = receipt
    if (blockHash !== block.hash) throw new BlockProofError(block, `a receipt of ${blockHash}`)
    const gas = BigInt(cumulativeGasUsed) - before
    before = BigInt(cumulativeGasUsed)
    const price = BigInt(effectiveGasPrice)
    // A transaction of the chain itself pays nothing, not even the base fee.
    if (price > baseFee) fees.earned += gas * (price - baseFee)
    if (from.toLowerCase() === account) fees.paid += gas * price + beside(receipt)
  }
  return fees
}

const beside = ({ blobGasUsed = '0x0', blobGasPrice = '0x0', l1Fee = '0x0' }: FeeReceipt) =>
  BigInt(blobGasUsed) * BigInt(blobGasPrice) + BigInt(l1Fee)
