import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChainIdError, chainIdOf, chainReference, parseChainId } from './chain-id.ts'

test('every chain number survives its way through a CAIP-2 id', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (reference) => {
      expect(chainReference(parseChainId(chainIdOf(reference)))).toBe(reference)
    }),
    { examples: [[1], [31_337], [Number.MAX_SAFE_INTEGER]] },
  )
})

test.each([
  '',
  'eip155',
  'eip155:',
  'eip155:0',
  'eip155:01',
  'eip155:-1',
  'eip155:1.5',
  'eip155:0x1',
  'eip155:1 ',
  'eip155:1\n',
  'EIP155:1',
  'eip155:1:2',
  'solana:1',
  // One more than JavaScript counts exactly: two chains would become one.
  'eip155:9007199254740992',
])('refuses %j', (text) => {
  expect(() => parseChainId(text)).toThrow(ChainIdError)
})

test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('%d is no chain', (reference) => {
  expect(() => chainIdOf(reference)).toThrow(ChainIdError)
})
