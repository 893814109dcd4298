import { blockHash } from '@coffer/evm/hash'
import { expect, test } from 'vitest'
import { type BlockHeader, linkedLength, standsOn } from './block.ts'

const hashOf = (name: number) => blockHash(`0x${name.toString().padStart(64, '0')}`)

const block = (number: bigint, hash: number, parent: number): BlockHeader => ({
  number,
  hash: hashOf(hash),
  parentHash: hashOf(parent),
  time: new Date(0),
})

test('a block stands on the one that it names, directly below', () => {
  const parent = { number: 5n, hash: hashOf(5) }

  expect(standsOn(block(6n, 6, 5), parent)).toBe(true)
  expect(standsOn(block(6n, 6, 4), parent)).toBe(false)
  expect(standsOn(block(7n, 6, 5), parent)).toBe(false)
})

test.each([
  [0, []],
  [1, [block(5n, 5, 4)]],
  [3, [block(5n, 5, 4), block(6n, 6, 5), block(7n, 7, 6)]],
  [2, [block(5n, 5, 4), block(6n, 6, 5), block(7n, 17, 16)]],
  [1, [block(5n, 5, 4), block(6n, 16, 15), block(7n, 17, 16)]],
  [1, [block(5n, 5, 4), block(7n, 7, 5)]],
])('%d of these blocks are linked, from the first', (length, blocks) => {
  expect(linkedLength(blocks)).toBe(length)
})
