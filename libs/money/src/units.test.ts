import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseUnits, UNITS_MAX, UnitsError, units } from './units.ts'

const anyUnits = fc.bigInt({ min: 0n, max: UNITS_MAX })

test('every amount of the EVM survives its way through text', () => {
  fc.assert(
    fc.property(anyUnits, (amount) => {
      expect(parseUnits(units(amount).toString())).toBe(amount)
    }),
    { examples: [[0n], [1n], [2n ** 64n], [UNITS_MAX]] },
  )
})

test('no amount outside of uint256 exists', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 300n }), (excess) => {
      expect(() => units(-excess)).toThrow(UnitsError)
      expect(() => units(UNITS_MAX + excess)).toThrow(UnitsError)
      expect(() => parseUnits((UNITS_MAX + excess).toString())).toThrow(UnitsError)
    }),
  )
})

test.each([
  '',
  ' ',
  '-1',
  '+1',
  '01',
  '00',
  '1.0',
  '1e3',
  '0x10',
  ' 1',
  '1\n',
  '1_000',
  '１',
  'NaN',
  '9'.repeat(79),
])('refuses %j, and says what an amount looks like', (text) => {
  expect(() => parseUnits(text)).toThrow(/as a decimal string such as "1000000"/)
})
