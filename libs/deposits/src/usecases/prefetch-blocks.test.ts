import { describe, expect, test } from 'vitest'
import type { Block } from '../domain/block.ts'
import { fakeChain } from '../testing/fake-chain.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { type PrefetchOptions, prefetchBlocks } from './prefetch-blocks.ts'

describe('gives the blocks that follow', () => {
  test('a chunk at a time, up to the head', async () => {
    const { prefetch } = reading(7, { chunkBlocks: 3, chunksMax: 2 })

    expect(numbers(await prefetch.next(1n, 7n))).toEqual([1, 2, 3])
    expect(numbers(await prefetch.next(4n, 7n))).toEqual([4, 5, 6])
    expect(numbers(await prefetch.next(7n, 7n))).toEqual([7])
  })

  test('from anywhere, also from where it did not expect to be asked for', async () => {
    const { prefetch } = reading(9, { chunkBlocks: 2, chunksMax: 3 })
    await prefetch.next(1n, 9n)

    expect(numbers(await prefetch.next(6n, 9n))).toEqual([6, 7])
    expect(numbers(await prefetch.next(2n, 9n))).toEqual([2, 3])
  })

  test('beyond the head of before once that has grown', async () => {
    const { prefetch, chain } = reading(2, { chunkBlocks: 5, chunksMax: 2 })
    expect(numbers(await prefetch.next(1n, 2n))).toEqual([1, 2])
    chain.mineEmpty(2)

    expect(numbers(await prefetch.next(3n, 4n))).toEqual([3, 4])
  })
})

test('reads so many chunks ahead and no more', async () => {
  const { prefetch, asked } = reading(20, { chunkBlocks: 2, chunksMax: 3 })

  await prefetch.next(1n, 20n)
  expect(asked).toEqual(['1-2', '3-4', '5-6'])

  await prefetch.next(3n, 20n)
  expect(asked).toEqual(['1-2', '3-4', '5-6', '7-8'])
})

describe('is told of a new head', () => {
  test('and begins to read what comes next, which is then given as any other', async () => {
    const { prefetch, chain, asked } = reading(2, { chunkBlocks: 2, chunksMax: 2 })
    await prefetch.next(1n, 2n)
    chain.mineEmpty(1)

    prefetch.expect(3n)
    prefetch.expect(3n)

    expect(asked).toEqual(['1-2', '3-3'])
    expect(numbers(await prefetch.next(3n, 3n))).toEqual([3])
    expect(asked).toEqual(['1-2', '3-3'])
  })

  test('and reads nothing when it knows of no block before, or there is none behind', async () => {
    const { prefetch, asked } = reading(2, { chunkBlocks: 2, chunksMax: 2 })
    prefetch.expect(2n)
    await prefetch.next(1n, 2n)

    prefetch.expect(2n)
    prefetch.reset()
    prefetch.expect(3n)

    expect(asked).toEqual(['1-2'])
  })
})

describe('gives with a chunk', () => {
  test('those behind it that are read by then, and reads on while they are stored', async () => {
    const { prefetch, answer, asked } = answering({ chunkBlocks: 2, chunksMax: 4, takenMax: 20 })
    const taken = prefetch.next(1n, 20n)
    await answer(3n, 1n, 7n)

    expect(numbers(await taken)).toEqual([1, 2, 3, 4])
    expect(asked()).toEqual([1n, 3n, 5n, 7n, 9n])

    await answer(5n)
    expect(numbers(await prefetch.next(5n, 20n))).toEqual([5, 6, 7, 8])
  })

  test('none that failed: it is told of by itself', async () => {
    const { prefetch, answer, fail } = answering({ chunkBlocks: 2, chunksMax: 3, takenMax: 20 })
    const taken = prefetch.next(1n, 20n)
    await fail(3n)
    await answer(5n, 1n)

    expect(numbers(await taken)).toEqual([1, 2])
    await expect(prefetch.next(3n, 20n)).rejects.toThrow('no answer')
  })

  test('no more than should be stored at once', async () => {
    const { prefetch, answer } = answering({ chunkBlocks: 2, chunksMax: 4, takenMax: 5 })
    const taken = prefetch.next(1n, 20n)
    await answer(5n, 3n, 1n)

    expect(numbers(await taken)).toEqual([1, 2, 3, 4])
  })

  test('nothing where each is by itself, however large it is', async () => {
    const { prefetch, answer } = answering({ chunkBlocks: 2, chunksMax: 3 })
    const taken = prefetch.next(1n, 20n)
    await answer(3n, 1n)

    expect(numbers(await taken)).toEqual([1, 2])
  })
})

test('reads every block once while nothing goes wrong', async () => {
  const { prefetch, asked } = reading(10, { chunkBlocks: 3, chunksMax: 4 })

  for (let from = 1n; from <= 10n; ) {
    from += BigInt((await prefetch.next(from, 10n)).length)
  }

  expect(asked).toEqual(['1-3', '4-6', '7-9', '10-10'])
})

test('forgets what it read ahead when told to', async () => {
  const { prefetch, chain } = reading(4, { chunkBlocks: 2, chunksMax: 2 })
  await prefetch.next(1n, 4n)
  chain.reorg(2, [], [])

  prefetch.reset()

  const [third] = await prefetch.next(3n, 4n)
  expect(third?.hash).toBe(chain.blocks()[3]?.hash)
})

test('tells of a failure to whoever asks for that chunk, and reads it anew the next time', async () => {
  const { prefetch, chain } = reading(6, { chunkBlocks: 2, chunksMax: 3 })
  chain.meddle(({ params: [height] }, answer) => (height === '0x4' ? null : answer))

  expect(numbers(await prefetch.next(1n, 6n))).toEqual([1, 2])
  await expect(prefetch.next(3n, 6n)).rejects.toThrow(/has no block 4/)

  chain.meddle(undefined)
  expect(numbers(await prefetch.next(3n, 6n))).toEqual([3, 4])
})

test('a failure that nobody asks about ends nothing', async () => {
  const { prefetch, chain } = reading(6, { chunkBlocks: 2, chunksMax: 3 })
  const unhandled: unknown[] = []
  const listen = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', listen)
  chain.meddle(({ params: [height] }, answer) => (height === '0x4' ? null : answer))

  await prefetch.next(1n, 6n)
  prefetch.reset()
  await new Promise(setImmediate)

  process.off('unhandledRejection', listen)
  expect(unhandled).toEqual([])
})

test('chunks grow while their blocks are small, to no more than four times as many', async () => {
  const { prefetch } = reading(60, { chunkBlocks: 2, chunksMax: 1, chunkTransactions: 100 })
  const sizes: number[] = []
  for (let from = 1n; sizes.length < 5; ) {
    const blocks = await prefetch.next(from, 60n)
    sizes.push(blocks.length)
    from += BigInt(blocks.length)
  }

  expect(sizes).toEqual([2, 4, 8, 8, 8])
})

test('chunks of large blocks stay as they are', async () => {
  const { prefetch } = reading(9, { chunkBlocks: 2, chunksMax: 1, chunkTransactions: 1 })
  await prefetch.next(1n, 9n)

  expect(await prefetch.next(3n, 9n)).toHaveLength(2)
})

function reading(blocks: number, options: PrefetchOptions) {
  const chain = fakeChain()
  chain.mineEmpty(blocks)
  const reader = fakeChainReader(chain, 1)
  const asked: string[] = []
  const recording = {
    blocks: (from: bigint, to: bigint) => {
      asked.push(`${from}-${to}`)
      return reader.blocks(from, to)
    },
  }
  return { chain, asked, prefetch: prefetchBlocks(recording, options) }
}

/** A reader that answers, or fails, when and in what order it is told to. */
function answering(options: PrefetchOptions) {
  const waiting = new Map<bigint, PromiseWithResolvers<Block[]> & { to: bigint }>()
  const blocks = (from: bigint, to: bigint) => {
    const asked = Promise.withResolvers<Block[]>()
    waiting.set(from, { ...asked, to })
    return asked.promise
  }
  const chain = fakeChain()
  chain.mineEmpty(options.chunkBlocks * 4)
  const reader = fakeChainReader(chain, 1)
  return {
    prefetch: prefetchBlocks({ blocks }, options),
    asked: () => [...waiting.keys()],
    async answer(...chunks: bigint[]) {
      for (const from of chunks) {
        const { to = from, resolve } = waiting.get(from) ?? {}
        resolve?.(await reader.blocks(from, to))
        await new Promise(setImmediate)
      }
    },
    async fail(from: bigint) {
      waiting.get(from)?.reject(new Error('no answer'))
      await new Promise(setImmediate)
    },
  }
}

const numbers = (blocks: readonly Block[]) => blocks.map(({ number }) => Number(number))
