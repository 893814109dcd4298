import fc from 'fast-check'
import { keccak256 } from 'viem'
import { expect, test } from 'vitest'
import { type BloomInput, logsBloom } from './bloom.ts'
import { HexError } from './hex-error.ts'

const hexOf = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`)
const logs = fc.array(
  fc.record<BloomInput>({ address: hexOf(20), topics: fc.array(hexOf(32), { maxLength: 4 }) }),
  { maxLength: 20 },
)

test('no logs make an empty bloom', () => {
  expect(logsBloom([])).toBe(`0x${'0'.repeat(512)}`)
})

test('agrees with the example of the ethbloom library', () => {
  const log = {
    address: '0xef2d6d194084c2de36e0dabfce45d046b37d1106',
    topics: ['0x02c69be41d0b7e40352fc85be1cd65eb03d40ef8427a0ca4596b1ead9a00e9fc'],
  }
  const bloom = logsBloom([log])

  const digits = [...bloom.slice(2)].flatMap((digit, index) => {
    return digit === '0' ? [] : [[index, digit]]
  })
  expect(digits).toEqual([
    [40, '1'],
    [199, '2'],
    [201, '2'],
    [247, '8'],
    [256, '1'],
    [310, '1'],
  ])
})

test('is the union of the three bits of each address and topic', () => {
  fc.assert(
    fc.property(logs, (some) => {
      const values = some.flatMap(({ address, topics }) => [address, ...topics])
      let expected = 0n
      for (const value of values) {
        const hash = BigInt(keccak256(value as `0x${string}`))
        for (const pair of [240n, 224n, 208n]) expected |= 1n << ((hash >> pair) & 2047n)
      }

      expect(BigInt(logsBloom(some))).toBe(expected)
      // Once more from memory: what it remembers of a value must be what it computed.
      expect(BigInt(logsBloom(some))).toBe(expected)
    }),
  )
})

test.each(['', '0x', '12', `0x${'g'.repeat(40)}`, `0x${'1'.repeat(41)}`, `0x${'1'.repeat(66)}`])(
  'refuses the address %j',
  (address) => {
    expect(() => logsBloom([{ address, topics: [] }])).toThrow(HexError)
  },
)
