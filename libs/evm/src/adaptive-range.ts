/** How much an endpoint gives at once, learned from what it gives and what it refuses. */
export type AdaptiveRange = {
  /** How many blocks or calls to ask for next. */
  size(): number
  /** So many were given. */
  answered(size: number): void
  /** So many were too many. Returns whether less can be asked for. */
  refused(size: number): boolean
}

export type RangeLimits = {
  first: number
  max: number
  /** Full answers in a row before more is asked for. */
  growAfter?: number
}

/** After many refusals it waits at most so many times as long before it tries more again. */
const PATIENCE_MAX = 64

/**
 * Halves at every refusal and grows by an eighth after many full answers. Each refusal doubles how
 * many that takes, so that a limit which stays is seldom run into.
 */
export function adaptiveRange({ first, max, growAfter = 16 }: RangeLimits): AdaptiveRange {
  let size = Math.min(first, max)
  let patience = 1
  let full = 0
  return {
    size: () => size,
    answered(given) {
      if (given < size) return
      full += 1
      if (full < growAfter * patience) return
      full = 0
      size = Math.min(max, size + Math.max(1, Math.floor(size / 8)))
    },
    refused(asked) {
      full = 0
      // What was asked for before the last halving teaches nothing new.
      if (asked <= size) patience = Math.min(PATIENCE_MAX, patience * 2)
      size = Math.max(1, Math.min(size, Math.floor(asked / 2)))
      return asked > 1
    },
  }
}

export type Pieces = {
  range: AdaptiveRange
  /** How many there are in all. */
  count: number
  isTooLarge: (error: unknown) => boolean
}

/**
 * Reads `count` things in pieces as large as `range` allows, all at once, and returns what was read
 * in order. A piece that is too large is read as two. Throws what `read` throws else.
 */
export async function inPieces<T>(
  { range, count, isTooLarge }: Pieces,
  read: (first: number, count: number) => Promise<readonly T[]>,
): Promise<T[]> {
  const readPiece = async (first: number, length: number): Promise<readonly T[]> => {
    try {
      const things = await read(first, length)
      range.answered(length)
      return things
    } catch (error) {
      if (!isTooLarge(error) || !range.refused(length)) throw error
      const half = Math.ceil(length / 2)
      const parts = [readPiece(first, half), readPiece(first + half, length - half)]
      return (await Promise.all(parts)).flat()
    }
  }
  const size = range.size()
  const pieces: Promise<readonly T[]>[] = []
  for (let first = 0; first < count; first += size) {
    pieces.push(readPiece(first, Math.min(size, count - first)))
  }
  return (await Promise.all(pieces)).flat()
}
