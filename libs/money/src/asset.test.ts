import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  AssetIdError,
  chainOfAsset,
  currencyAssetId,
  erc20AssetId,
  isCurrency,
  nativeAssetId,
  parseAssetId,
} from './asset.ts'
import { ChainIdError, chainIdOf } from './chain-id.ts'

const chains = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(chainIdOf)
const contracts = fc
  .array(fc.constantFrom(...'0123456789abcdefABCDEF'), { minLength: 40, maxLength: 40 })
  .map((digits) => `0x${digits.join('')}`)

test('a token has one id on its chain, whatever the letter case of its address', () => {
  fc.assert(
    fc.property(chains, contracts, (chain, contract) => {
      const id = erc20AssetId(chain, contract)

      expect(id).toBe(`${chain}/erc20:${contract.toLowerCase()}`)
      expect(parseAssetId(`${chain}/erc20:${contract}`)).toBe(id)
      expect(chainOfAsset(id)).toBe(chain)
    }),
  )
})

test('the native coin of a chain is an asset of its own', () => {
  fc.assert(
    fc.property(chains, (chain) => {
      const id = nativeAssetId(chain)

      expect(parseAssetId(id)).toBe(id)
      expect(chainOfAsset(id)).toBe(chain)
    }),
  )
})

test('a currency is an asset on no chain', () => {
  const id = currencyAssetId('USD')

  expect(id).toBe('sandbox:1/iso4217:USD')
  expect(parseAssetId(id)).toBe(id)
  expect([isCurrency(id), isCurrency(nativeAssetId(chainIdOf(1)))]).toEqual([true, false])
  expect(() => chainOfAsset(id)).toThrow(ChainIdError)
})

test.each([
  '',
  'sandbox:1/iso4217:usd',
  'sandbox:1/iso4217:USDC',
  'sandbox:2/iso4217:USD',
  'eip155:1',
  'eip155:1/',
  'eip155:1/slip44:61',
  'eip155:1/SLIP44:60',
  'eip155:1/slip44:60/',
  'eip155:1/erc20:',
  `eip155:1/erc20:0x${'a'.repeat(39)}`,
  `eip155:1/erc20:0x${'a'.repeat(41)}`,
  `eip155:1/erc20:0x${'g'.repeat(40)}`,
  `eip155:1/erc20:0x${'a'.repeat(40)}\n`,
  `eip155:1/erc721:0x${'a'.repeat(40)}`,
])('refuses %j, and says what an asset looks like', (text) => {
  expect(() => parseAssetId(text)).toThrow(AssetIdError)
  expect(() => parseAssetId(text)).toThrow(/Expected a CAIP-19 id such as/)
})

test('refuses an asset of a chain that is none', () => {
  expect(() => parseAssetId('eip155:0/slip44:60')).toThrow(ChainIdError)
})
