import type { Address } from '@coffer/evm/address'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import { type CreditFacts, judgeCredit, transferName } from './judge-credit.ts'

const CHAIN = chainIdOf(1)
const ETH = nativeAssetId(CHAIN)
const HASH = `0x${'a'.repeat(64)}`
const TO = `0x${'b'.repeat(40)}` as Address

const credit = {
  ...{ reference: `${CHAIN}:${HASH}:value`, owner: 'ann', asset: ETH, amount: 10n },
  eventAt: new Date(0),
}
const sound: CreditFacts = {
  chain: CHAIN,
  transfer: { asset: ETH, to: TO, amount: 10n },
  ownerOfTo: 'ann',
  arrivesInPart: false,
  isDoubled: false,
}
const judged = (facts: Partial<CreditFacts>) => judgeCredit(credit, { ...sound, ...facts })?.kind

test('a credit is what its transfer says, to whom it went', () => {
  const transfer = { asset: ETH, to: TO, amount: 11n }

  expect(judged({})).toBe(undefined)
  expect(judged({ transfer: undefined })).toBe('credit_without_transfer')
  expect(judged({ transfer })).toBe('credit_differs')
  expect(judged({ transfer, arrivesInPart: true })).toBe(undefined)
  expect(judged({ transfer: { ...transfer, amount: 9n }, arrivesInPart: true })).toBe(
    'credit_differs',
  )
  expect(judged({ ownerOfTo: 'bob' })).toBe('credit_differs')
  expect(judged({ ownerOfTo: undefined })).toBe('credit_differs')
  expect(judged({ isDoubled: true })).toBe('credit_doubled')
})

test.each([
  [`${CHAIN}:${HASH}:value`, { txHash: HASH, position: 'value' }],
  [`${CHAIN}:${HASH}:log:3#2`, { txHash: HASH, position: 'log:3' }],
  [`${CHAIN}:${HASH}:trace:0.1`, { txHash: HASH, position: 'trace:0.1' }],
  [`${CHAIN}:${HASH}:withdrawal:7`, undefined],
  [`${CHAIN}:${HASH}:coinbase`, undefined],
  [`eip155:5:${HASH}:value`, null],
  [`${CHAIN}:${HASH}:log:x`, null],
  ['a gift', null],
  ['', null],
])('%s names a transfer, or none', (reference, expected) => {
  expect(transferName(CHAIN, reference)).toEqual(expected)
})
