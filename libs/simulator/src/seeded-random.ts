/** A source of numbers that gives the same ones for the same seed, on every machine. */
export type SeededRandom = {
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number
  /** A whole number from 0 to `limit` − 1, of any size. */
  bigintBelow(limit: bigint): bigint
  /** One element of a list that isn't empty. */
  pick<Item>(list: readonly Item[]): Item
  /** The same elements in another order; `list` itself stays as it is. */
  shuffle<Item>(list: readonly Item[]): Item[]
}

/** Chris Doty-Humphrey's sfc32, which passes PractRand. Not for secrets. */
export function seededRandom(seed: number): SeededRandom {
  const next = sfc32(seed)
  const below = (limit: number) => Math.floor((next() / 2 ** 32) * limit)
  return {
    below,
    bigintBelow(limit) {
      // 32 bits more than the limit has, so that no remainder is noticeably likelier.
      let value = 0n
      for (let bound = 1n; bound < limit << 32n; bound <<= 32n) {
        value = (value << 32n) | BigInt(next())
      }
      return value % limit
    },
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    shuffle(list) {
      const shuffled = [...list]
      for (let end = shuffled.length - 1; end > 0; end--) {
        const other = below(end + 1)
        const moved = shuffled[end] as (typeof list)[number]
        shuffled[end] = shuffled[other] as (typeof list)[number]
        shuffled[other] = moved
      }
      return shuffled
    },
  }
}

function sfc32(seed: number): () => number {
  let a = seed >>> 0
  let b = Math.floor(seed / 2 ** 32) >>> 0
  let c = 0
  let counter = 1
  const next = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  // Until small seeds have spread through all the state.
  for (let round = 0; round < 16; round++) next()
  return next
}
