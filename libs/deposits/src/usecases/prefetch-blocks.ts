import type { Block } from '../domain/block.ts'
import type { ChainReader } from '../ports.ts'

export type PrefetchOptions = {
  /** Blocks asked for at once while behind. */
  chunkBlocks: number
  /** Chunks in flight at most, which bounds memory. */
  chunksMax: number
}

/** Blocks read ahead of the scan. */
export type Prefetch = {
  /** The blocks from `from` on, one chunk at most; keeps reading up to `head` meanwhile. */
  next(from: bigint, head: bigint): Promise<Block[]>
  /** Forgets what was read ahead, for it may be of a branch that is gone. */
  reset(): void
}

type Chunk = { from: bigint; to: bigint; blocks: Promise<Block[]> }

export function prefetchBlocks(
  reader: Pick<ChainReader, 'blocks'>,
  { chunkBlocks, chunksMax }: PrefetchOptions,
): Prefetch {
  let chunks: Chunk[] = []

  const request = (from: bigint, head: bigint): Chunk => {
    const last = from + BigInt(chunkBlocks) - 1n
    const to = last < head ? last : head
    const blocks = reader.blocks(from, to)
    // Whoever takes the chunk sees its failure; one that nobody takes must not end the process.
    blocks.catch(() => undefined)
    return { from, to, blocks }
  }

  return {
    async next(from, head) {
      if (chunks[0]?.from !== from) chunks = []
      let next = (chunks.at(-1)?.to ?? from - 1n) + 1n
      while (chunks.length < chunksMax && next <= head) {
        const chunk = request(next, head)
        chunks.push(chunk)
        next = chunk.to + 1n
      }
      const first = chunks.shift()
      if (first === undefined) return []
      try {
        return await first.blocks
      } catch (error) {
        chunks = []
        throw error
      }
    },
    reset() {
      chunks = []
    },
  }
}
