import { expect, test } from 'vitest'
import { unitsOf } from './units-of.ts'

test.each([
  ['1', 6, '1000000'],
  ['0.000001', 6, '1'],
  [' 12.50 ', 2, '1250'],
  ['123456789012345678901234567890', 18, '123456789012345678901234567890000000000000000000'],
])('%s of %i decimals is %s', (text, decimals, expected) => {
  expect(unitsOf(text, decimals)).toBe(expected)
})

test.each([['1.0000001'], ['-1'], ['1e3'], [''], ['1,5'], ['.5']])('%j is refused', (text) => {
  expect(() => unitsOf(text, 6)).toThrow('Expected a number with at most 6 decimals')
})
