import { expect, test } from 'vitest'
import { block, chainOf, hashOf, ref } from '../testing/scan-facts.ts'
import { compareBlocks } from './compare-blocks.ts'

const rows = (...names: readonly number[]) =>
  new Map(
    names.map((name) => {
      const { number, hash, parentHash } = block(name)
      return [number, { number, hash, parentHash, scannedAt: new Date(0) }]
    }),
  )

test('blocks that are stored are canonical', () => {
  expect(compareBlocks(chainOf(10, 11), rows(10, 11, 12))).toEqual({
    ...{ canonical: chainOf(10, 11), proven: [], missing: [], contradicted: [] },
  })
})

test('a row that is missing is proven by those above it, one after the other', () => {
  const read = chainOf(10, 11, 12)

  expect(compareBlocks(read, rows(10, 13))).toEqual({
    ...{ canonical: read, proven: chainOf(11, 12), missing: [], contradicted: [] },
  })
  expect(compareBlocks(read, rows(10))).toEqual({
    ...{ canonical: chainOf(10), proven: [], missing: chainOf(11, 12), contradicted: [] },
  })
})

test('a block on which the stored one above does not stand proves nothing', () => {
  const { canonical, missing } = compareBlocks([block(11.5)], rows(12))

  expect([canonical, missing]).toEqual([[], [block(11.5)]])
})

test('another block than the stored one is told with both', () => {
  const { canonical, contradicted } = compareBlocks([block(10), block(11.5, 10)], rows(10, 11, 12))

  expect(canonical).toEqual(chainOf(10))
  expect(contradicted).toEqual([{ read: block(11.5, 10), stored: ref(11) }])
  expect(contradicted[0]?.stored.hash).not.toBe(hashOf(11.5))
})
