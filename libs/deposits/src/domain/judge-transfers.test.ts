import type { Address } from '@coffer/evm/address'
import { units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { fakeAddress } from '../testing/fake-chain.ts'
import { ASSETS, NATIVE, TUSD } from '../testing/fake-transfers.ts'
import { ALICE, BOB, pay } from '../testing/scan-facts.ts'
import { depositRules } from './detect-transfers.ts'
import { judgeTransfers } from './judge-transfers.ts'
import type { FoundTransfer } from './transfer.ts'

const HOT_WALLET = fakeAddress(0x407)

const rules = depositRules({
  assets: ASSETS.map((asset) => (asset.id === TUSD ? { ...asset, minimum: 10n } : asset)),
  isWatched: (address) => address === ALICE || address === BOB,
  ownAddresses: [HOT_WALLET],
})

const judge = (off: Partial<FoundTransfer>) =>
  judgeTransfers([pay(1, 10, off)], rules)[0]?.rejection

test.each([
  ['at the minimum', 10n, undefined],
  ['one unit below it', 9n, 'below_minimum'],
])('an amount %s is judged exactly', (_, amount, rejection) => {
  expect(judge({ amount: units(amount) })).toBe(rejection)
})

test('an asset without a minimum is credited from one unit on', () => {
  expect(judge({ asset: NATIVE, amount: units(1n) })).toBeUndefined()
})

test.each<[string, Address]>([
  ['a wallet of our own', HOT_WALLET],
  ['the watched address itself', ALICE],
])('what %s sends is no deposit, however little it is', (_, from) => {
  expect(judge({ from })).toBe('internal')
  expect(judge({ from, amount: units(1n) })).toBe('internal')
})

test('what another watched address sends is a deposit, for its key may be a customer’s', () => {
  expect(judge({ from: BOB })).toBeUndefined()
})

test('a token that is not accepted stays rejected for that, whoever it says sent it', () => {
  expect(judge({ from: HOT_WALLET, rejection: 'asset_not_accepted' })).toBe('asset_not_accepted')
})

test('what is credited is left as it is', () => {
  const transfer = pay(1, 10)

  expect(judgeTransfers([transfer], rules)).toEqual([transfer])
})

test.each([
  [99n, undefined],
  [100n, '12'],
  [499n, '12'],
  [500n, 'safe'],
  [10_000n, 'finalized'],
])('an amount of %d waits for the tier %s', (amount, tier) => {
  const tiers = [
    { from: 100n, confirmations: 12 },
    { from: 500n, confirmations: 'safe' },
    { from: 10_000n, confirmations: 'finalized' },
  ] as const
  const { isWatched } = rules
  const tiered = depositRules({ assets: [ASSETS[0], { ...ASSETS[1], tiers }], isWatched })
  const ofToken = pay(1, 10, { asset: TUSD, amount: units(amount) })
  const ofCoin = pay(2, 10, { asset: NATIVE, amount: units(amount) })

  const judged = judgeTransfers([ofToken, ofCoin], tiered)

  expect(judged.map((transfer) => transfer.tier)).toEqual([tier, undefined])
})
