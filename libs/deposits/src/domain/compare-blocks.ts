import type { StoredBlock } from './audit.ts'
import type { BlockHeader, BlockRef } from './block.ts'

export type BlockComparison<T extends BlockHeader> = {
  /** Those that are stored, or proven by a stored one that stands on them. */
  canonical: T[]
  /** Of these the ones that have no row. */
  proven: T[]
  /** Those that have no row, and nothing stored to prove them. */
  missing: T[]
  /** Those in whose place another block is stored. */
  contradicted: { read: T; stored: BlockRef }[]
}

/**
 * Holds blocks that were read again against those that are stored from the first of them to the
 * one above the last. A block's hash is in the block above it, so that a row which is missing is
 * proven by the one above.
 */
export function compareBlocks<T extends BlockHeader>(
  read: readonly T[],
  stored: ReadonlyMap<bigint, StoredBlock>,
): BlockComparison<T> {
  const result: BlockComparison<T> = { canonical: [], proven: [], missing: [], contradicted: [] }
  let above: Pick<BlockHeader, 'parentHash'> | undefined = stored.get(
    (read.at(-1)?.number ?? -2n) + 1n,
  )
  for (const block of read.toReversed()) {
    const row = stored.get(block.number)
    if (row && row.hash !== block.hash) {
      result.contradicted.unshift({ read: block, stored: { number: row.number, hash: row.hash } })
      above = row
    } else if (row) {
      result.canonical.unshift(block)
      above = row
    } else if (above?.parentHash === block.hash) {
      result.canonical.unshift(block)
      result.proven.unshift(block)
      above = block
    } else {
      result.missing.unshift(block)
      above = undefined
    }
  }
  return result
}
