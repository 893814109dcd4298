import { RescanMovedError } from '../adapters/postgres-rescans.ts'
import type { StoredBlock } from '../domain/audit.ts'
import type { BlockHeader, BlockRef } from '../domain/block.ts'
import { compareBlocks } from '../domain/compare-blocks.ts'
import type { Tables } from './memory-tables.ts'

type Blocks = Pick<Tables, 'chain' | 'start' | 'blocks' | 'now'>

/** Stores blocks as canonical. */
export function storeBlocks(
  { blocks: stored, now = () => new Date() }: Pick<Blocks, 'blocks' | 'now'>,
  blocks: readonly BlockHeader[],
): void {
  const scannedAt = now()
  for (const { number, hash, parentHash, time } of blocks) {
    stored.set(hash, { number, hash, parentHash, time, orphaned: false, scannedAt })
  }
}

/** Stored canonical blocks from `from` to `to`, ascending. */
export function readBlocks({ blocks }: Blocks, from: bigint, to: bigint): StoredBlock[] {
  return [...blocks.values()]
    .filter(({ orphaned, number }) => !orphaned && number >= from && number <= to)
    .sort((a, b) => Number(a.number - b.number))
    .map(({ number, hash, parentHash, scannedAt }) => ({ number, hash, parentHash, scannedAt }))
}

/** Throws `RescanMovedError` unless all of `blocks` above the start are canonical. */
export function requireCanonical(tables: Blocks, blocks: readonly BlockRef[]): void {
  for (const { number, hash } of blocks) {
    const isCanonical = tables.blocks.get(hash)?.orphaned === false
    if (number >= tables.start && !isCanonical) throw new RescanMovedError(tables.chain)
  }
}

/** Stores blocks whose rows are missing, where those above prove them. */
export function restoreBlocks(tables: Blocks, blocks: readonly BlockHeader[]): void {
  const [first, last] = [blocks[0], blocks.at(-1)]
  if (first === undefined || last === undefined) return
  const rows = readBlocks(tables, first.number, last.number + 1n)
  storeBlocks(tables, compareBlocks(blocks, new Map(rows.map((row) => [row.number, row]))).proven)
}
