import { type Asset, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { UNITS_MAX } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { type DepositPlanOptions, planDeposits } from './deposit-plan.ts'

const chain = chainIdOf(31337)
const contract = '0x00000000000000000000000000000000000000aa'
const native: Asset = {
  id: nativeAssetId(chain),
  chain,
  contract: null,
  symbol: 'ETH',
  decimals: 18,
}
const token: Asset = { ...native, id: erc20AssetId(chain, contract), contract, decimals: 6 }
const watched = Array.from({ length: 20 }, (_, index) => `0x${String(index).padStart(40, 'A')}`)
const options: DepositPlanOptions = {
  addresses: watched,
  count: 500,
  kinds: ['native', 'erc20', 'batch'],
  seed: 1,
  assets: [native, token],
}

test('gives the same plan for the same seed, and another for another', () => {
  const plan = planDeposits({ ...options, noise: 0.5, failures: 3 })

  expect(planDeposits({ ...options, noise: 0.5, failures: 3 })).toEqual(plan)
  expect(planDeposits({ ...options, noise: 0.5, failures: 3, seed: 2 })).not.toEqual(plan)
})

test.each([0, 1, 2, 3, 500])('plans %i deposits, however many a batch makes', (count) => {
  const plan = planDeposits({ ...options, count })

  expect(plan.flatMap(({ transfers }) => transfers)).toHaveLength(count)
})

test('pays only the addresses given, in lower case, and more than nothing', () => {
  const transfers = planDeposits(options).flatMap((transaction) => transaction.transfers)

  const expected = new Set(watched.map((address) => address.toLowerCase()))
  expect(new Set(transfers.map(({ to }) => to))).toEqual(expected)
  expect(transfers.filter(({ amount }) => amount <= 0n)).toEqual([])
})

test('uses each kind that is asked for and no other', () => {
  const kindsOf = (kinds: DepositPlanOptions['kinds']) =>
    new Set(planDeposits({ ...options, kinds }).map(({ kind }) => kind))

  expect(kindsOf(['native'])).toEqual(new Set(['native']))
  expect(kindsOf(['erc20', 'batch'])).toEqual(new Set(['erc20', 'batch']))
  expect(kindsOf(options.kinds)).toEqual(new Set(options.kinds))
})

test('pays coin in native deposits and tokens in all others', () => {
  const plan = planDeposits(options)

  for (const { kind, transfers } of plan) {
    const asset = kind === 'native' ? native.id : token.id
    expect(new Set(transfers.map((transfer) => transfer.asset))).toEqual(new Set([asset]))
  }
})

test('has dust, large amounts, and batches that pay one recipient twice', () => {
  const plan = planDeposits({ ...options, kinds: ['batch'] })

  const amounts = plan.flatMap(({ transfers }) => transfers.map(({ amount }) => amount))
  const twice = plan.filter(({ transfers }) => {
    return new Set(transfers.map(({ to }) => to)).size < transfers.length
  })
  expect(amounts).toContain(1n)
  expect(amounts.some((amount) => amount > 10n ** 11n)).toBe(true)
  expect(twice.length).toBeGreaterThan(0)
})

test('adds noise that pays strangers, or nothing', () => {
  const plan = planDeposits({ ...options, noise: 0.2 })

  const noise = plan.filter(({ purpose }) => purpose === 'noise')
  const known = new Set(watched.map((address) => address.toLowerCase()))
  const paid = noise.flatMap(({ transfers }) => transfers).filter(({ amount }) => amount > 0n)
  expect(noise).toHaveLength(100)
  expect(paid.filter(({ to }) => known.has(to))).toEqual([])
  expect(noise.some(({ transfers }) => transfers.some(({ amount }) => amount === 0n))).toBe(true)
})

test('adds failures, whose last token transfer is more than anyone has', () => {
  const kinds = ['erc20', 'batch'] as const
  const plan = planDeposits({ ...options, kinds, count: 0, failures: 30 })

  expect(plan).toHaveLength(30)
  expect(new Set(plan.map(({ transfers }) => transfers.at(-1)?.amount))).toEqual(
    new Set([UNITS_MAX]),
  )
})

test.each([
  ['no address to pay', { addresses: [] }],
  ['"0x12" is not an address', { addresses: ['0x12'] }],
  ['no kind of deposit', { kinds: [] }],
  ['kind "erc20" has no asset that it could pay', { assets: [native] }],
  ['count is -1', { count: -1 }],
  ['failures is NaN', { failures: Number.NaN }],
])('refuses a plan with %s', (problem, wrong) => {
  expect(() => planDeposits({ ...options, ...wrong })).toThrow(problem)
})
