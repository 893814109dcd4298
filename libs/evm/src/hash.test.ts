import { expect, test } from 'vitest'
import { blockHash, txHash } from './hash.ts'

test('reads a hash in any letter case as one', () => {
  expect(txHash(`0x${'aB'.repeat(32)}`)).toBe(`0x${'ab'.repeat(32)}`)
  expect(blockHash(`0x${'AB'.repeat(32)}`)).toBe(`0x${'ab'.repeat(32)}`)
})

test.each([
  '',
  '0x',
  'ab'.repeat(32),
  `0x${'a'.repeat(63)}`,
  `0x${'a'.repeat(65)}`,
  `0x${'g'.repeat(64)}`,
])('refuses %j, and says of what it should be the hash', (text) => {
  expect(() => txHash(text)).toThrow(/Invalid transaction hash/)
  expect(() => blockHash(text)).toThrow(/Invalid block hash/)
})
