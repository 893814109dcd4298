import { expect, test } from 'vitest'
import { assetOf, shownUnits } from './asset-of.ts'

test.each([
  ['sandbox:1/iso4217:USD', 'USD', 2],
  ['sandbox:1/iso4217:JPY', 'JPY', 0],
  ['sandbox:1/iso4217:KWD', 'KWD', 3],
])('%s is shown in %s with %i decimals', (id, symbol, decimals) => {
  expect(assetOf(new Map(), id)).toMatchObject({ id, symbol, decimals })
})

test('what is configured is as configured, and what nobody knows is not made up', () => {
  const token = { id: 'eip155:1/erc20:0x1', chain: 'eip155:1', symbol: 'T', decimals: 6 }
  const known = { ...token, contract: '0x1' }

  expect(assetOf(new Map([[token.id, known]]), token.id)).toBe(known)
  expect(assetOf(new Map(), token.id)).toBeUndefined()
})

test.each([
  ['sandbox:1/iso4217:USD', 2, '4900', '49.00'],
  ['sandbox:1/iso4217:USD', 2, '-5', '-0.05'],
  ['sandbox:1/iso4217:JPY', 0, '4900', '4900'],
  ['eip155:1/slip44:60', 18, '250000000000000000', '0.25'],
])('of %s with %i decimals %s are shown as %s', (id, decimals, units, expected) => {
  expect(shownUnits(units, { id, decimals })).toBe(expected)
})
