import type { Block } from '../domain/block.ts'
import type { ChainReader } from '../ports.ts'

export type PrefetchOptions = {
  /** Blocks asked for at once while behind. */
  chunkBlocks: number
  /** Chunks in flight at most, which bounds memory. */
  chunksMax: number
  /**
   * Chunks grow up to {@link GROWTH_MAX} times as many blocks while all of a chunk have no more
   * transactions than this; left out, they don't.
   */
  chunkTransactions?: number
  /** Blocks given at once at most, where chunks have fewer; left out, each chunk is by itself. */
  takenMax?: number
}

/** A commit of many small blocks costs little more than one of a few. */
const GROWTH_MAX = 4

/** Blocks read ahead of the scan. */
export type Prefetch = {
  /** Begins to read what is behind the blocks that were given last, if `head` is. */
  expect(head: bigint): void
  /**
   * The blocks from `from` on: a chunk, and with it those behind it that are read by then. Keeps
   * reading up to `head` meanwhile, and while what it gave is stored.
   */
  next(from: bigint, head: bigint): Promise<Block[]>
  /** Forgets what was read ahead, for it may be of a branch that is gone. */
  reset(): void
}

type Chunk = { from: bigint; to: bigint; blocks: Promise<Block[]>; read?: Block[] }

export function prefetchBlocks(
  reader: Pick<ChainReader, 'blocks'>,
  { chunkBlocks, chunksMax, chunkTransactions = 0, takenMax = 0 }: PrefetchOptions,
): Prefetch {
  let chunks: Chunk[] = []
  let size = chunkBlocks
  /** Where `next` is going to be asked from; `undefined` if nobody knows. */
  let upcoming: bigint | undefined

  const resize = (blocks: readonly Block[]) => {
    // What was read by logs is small, and its receipts would have to be made to be counted.
    if (blocks.some(({ byLogs }) => byLogs)) return
    const transactions = blocks.reduce((sum, { receipts }) => sum + receipts.length, 0)
    const each = Math.max(1, transactions) / Math.max(1, blocks.length)
    const fitting = Math.min(Math.floor(chunkTransactions / each), chunkBlocks * GROWTH_MAX)
    size = Math.max(chunkBlocks, Math.min(fitting, size * 2))
  }

  const request = (from: bigint, head: bigint): Chunk => {
    const last = from + BigInt(size) - 1n
    const to = last < head ? last : head
    const chunk: Chunk = { from, to, blocks: reader.blocks(from, to) }
    // Whoever takes the chunk sees its failure; one that nobody takes must not end the process.
    chunk.blocks.then(
      (blocks) => {
        chunk.read = blocks
      },
      () => undefined,
    )
    return chunk
  }

  const readAhead = (from: bigint, head: bigint, count: number) => {
    let next = (chunks.at(-1)?.to ?? from - 1n) + 1n
    while (chunks.length < count && next <= head) {
      const chunk = request(next, head)
      chunks.push(chunk)
      next = chunk.to + 1n
    }
  }

  /** The first chunk, which is waited for, and those behind it that need not be. */
  const take = async (): Promise<Block[]> => {
    let taken = (await chunks[0]?.blocks) ?? []
    chunks.shift()
    for (let more = chunks[0]?.read; more; more = chunks[0]?.read) {
      if (taken.length + more.length > takenMax) break
      taken = [...taken, ...more]
      chunks.shift()
    }
    return taken
  }

  return {
    expect(head) {
      if (upcoming !== undefined && chunks.length === 0) readAhead(upcoming, head, 1)
    },
    async next(from, head) {
      if (chunks[0]?.from !== from) chunks = []
      readAhead(from, head, chunksMax)
      try {
        const taken = await take()
        resize(taken)
        // What was taken counts as a chunk while it is stored.
        upcoming = from + BigInt(taken.length)
        readAhead(upcoming, head, chunksMax - 1)
        return taken
      } catch (error) {
        chunks = []
        throw error
      }
    },
    reset() {
      chunks = []
      upcoming = undefined
    },
  }
}
