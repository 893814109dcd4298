import type { Branded } from '@coffer/money/brand'

/** Hash of a transaction: 32 bytes, lower-case hex. */
export type TxHash = Branded<`0x${string}`, 'TxHash'>

/** Hash of a block: 32 bytes, lower-case hex. */
export type BlockHash = Branded<`0x${string}`, 'BlockHash'>

const HASH = /^0x[0-9a-f]{64}$/

/** Reads a transaction hash, whatever its letter case. Throws a RangeError. */
export const txHash = (text: string): TxHash => hash(text, 'transaction') as TxHash

/** Reads a block hash, whatever its letter case. Throws a RangeError. */
export const blockHash = (text: string): BlockHash => hash(text, 'block') as BlockHash

function hash(text: string, of: string): string {
  const lower = text.toLowerCase()
  if (!HASH.test(lower)) {
    throw new RangeError(
      `Invalid ${of} hash ${JSON.stringify(text)}. Expected 0x and 64 hex digits.`,
    )
  }
  return lower
}
