import fc from 'fast-check'
import { keccak256 as viemKeccak256 } from 'viem'
import { describe, expect, test } from 'vitest'
import { keccak256 } from './keccak.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('keccak256', () => {
  test.each([
    ['', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
    ['abc', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
    [
      'Transfer(address,address,uint256)',
      'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
    ],
  ])('of %j is the known one', (text, expected) => {
    expect(hex(keccak256(Buffer.from(text)))).toBe(expected)
  })

  test('of every length around the borders of a block agrees with another implementation', () => {
    for (let length = 0; length <= 3 * 136 + 1; length++) {
      const input = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff)

      expect(hex(keccak256(input))).toBe(hex(viemKeccak256(input, 'bytes')))
    }
  })

  test('of anything agrees with another implementation', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_000 }), (input) => {
        expect(hex(keccak256(input))).toBe(hex(viemKeccak256(input, 'bytes')))
      }),
    )
  })

  test('takes inputs that are larger than its memory', () => {
    const input = new Uint8Array(200_000).fill(0xa5)

    expect(hex(keccak256(input))).toBe(hex(viemKeccak256(input, 'bytes')))
  })

  test('leaves its input as it was, and an earlier result too', () => {
    const input = Uint8Array.of(1, 2, 3)
    const first = keccak256(input)
    const before = hex(first)
    keccak256(Uint8Array.of(4))

    expect([hex(first), hex(input)]).toEqual([before, '010203'])
  })
})
