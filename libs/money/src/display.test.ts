import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayAmount } from './display.ts'
import { UNITS_MAX } from './units.ts'

test.each([
  [0n, 18, '0'],
  [1n, 18, '0.000000000000000001'],
  [1_500_000n, 6, '1.5'],
  [1_000_000n, 6, '1'],
  [1_000_000n, 0, '1000000'],
  [-1_500_000n, 6, '-1.5'],
  [-1n, 2, '-0.01'],
])('shows %d of %d decimals as %s', (amount, decimals, text) => {
  expect(displayAmount(amount, decimals)).toBe(text)
})

test('shows every amount exactly, for any number of decimals', () => {
  const amounts = fc.bigInt({ min: -UNITS_MAX, max: UNITS_MAX })
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 36 }), (amount, decimals) => {
      const text = displayAmount(amount, decimals)

      expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/)
      const [whole = '', fraction = ''] = text.split('.')
      expect(BigInt(whole + fraction.padEnd(decimals, '0'))).toBe(amount)
    }),
    { examples: [[UNITS_MAX, 18]] },
  )
})
