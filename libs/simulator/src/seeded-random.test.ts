import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'

test('gives the same numbers on every machine', () => {
  const random = seededRandom(42)

  expect([random.below(1000), random.below(1000), random.bigintBelow(10n ** 30n)]).toEqual([
    922,
    360,
    386815085354293954814084657805n,
  ])
})

test('stays below its limit and reaches all of it', () => {
  const random = seededRandom(1)

  const numbers = Array.from({ length: 1000 }, () => random.below(7))
  const bigints = Array.from({ length: 1000 }, () => random.bigintBelow(7n))
  expect([...new Set(numbers)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect([...new Set(bigints)].sort()).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n])
})

test('shuffles without losing or doubling anything', () => {
  const list = Array.from({ length: 100 }, (_, index) => index)

  const shuffled = seededRandom(1).shuffle(list)

  expect(shuffled).not.toEqual(list)
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(list)
})
