import { type Asset, type AssetId, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import { type DepositPlanOptions, type Expectation, planDeposits } from './deposit-plan.ts'
import { HOSTILE_KINDS } from './hostile-transaction.ts'

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
const minimums: Record<AssetId, bigint> = { [native.id]: 1_000n, [token.id]: 50n }
const options: DepositPlanOptions = {
  addresses: ['0x00000000000000000000000000000000000000A1'],
  count: 300,
  kinds: HOSTILE_KINDS,
  seed: 1,
  assets: [native, token],
  minimums,
}
const transfersOf = (kind: DepositPlanOptions['kinds'][number]) =>
  planDeposits({ ...options, kinds: [kind] }).flatMap(({ transfers }) => transfers)
const expectations = (kind: DepositPlanOptions['kinds'][number]) =>
  new Set(transfersOf(kind).map(({ expected }) => expected))

test('gives the same plan for the same seed, of every kind, with as many transfers', () => {
  const plan = planDeposits(options)

  expect(planDeposits(options)).toEqual(plan)
  expect(plan.flatMap(({ transfers }) => transfers)).toHaveLength(300)
  expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(HOSTILE_KINDS))
})

test.each<[DepositPlanOptions['kinds'][number], Expectation[]]>([
  ['internal-reverted', ['credit', 'suspense', 'ignore']],
  ['internal-failed', ['ignore']],
  ['spoof', ['suspense']],
  ['unlisted', ['suspense']],
  ['dust', ['suspense']],
  ['zero', ['ignore']],
  ['returns-false', ['ignore']],
  ['nft', ['ignore']],
  ['system-log', ['ignore']],
])('what to do with %s: %j', (kind, expected) => {
  expect(expectations(kind)).toEqual(new Set(expected))
})

test.each(['internal', 'selfdestruct', 'create', 'fee-token', 'native', 'erc20'] as const)(
  'of %s credits all that reaches the minimum',
  (kind) => {
    const transfers = transfersOf(kind)

    expect(transfers.length).toBe(300)
    expect(transfers.map(({ expected }) => expected)).toEqual(
      transfers.map(({ asset, amount }) => {
        return amount < (minimums[asset] ?? 1n) ? 'suspense' : 'credit'
      }),
    )
  },
)

test.each(['internal', 'internal-reverted', 'selfdestruct', 'create'] as const)(
  'gives each transfer of %s a place of its own in the trace',
  (kind) => {
    for (const { transfers } of planDeposits({ ...options, kinds: [kind] })) {
      const positions = transfers.map(({ position }) => position)
      expect(new Set(positions).size).toBe(positions.length)
      expect(positions.filter((position) => !/^trace:\d+(\.\d+)*$/.test(`${position}`))).toEqual([])
    }
  },
)

test.each([
  ['kind "dust" has no asset', { kinds: ['dust'] as const, minimums: {} }],
  ['kind "internal" has no asset', { kinds: ['internal'] as const, assets: [token] }],
  ['noise and failures have no kind', { failures: 1 }],
])('refuses a plan: %s', (problem, wrong) => {
  expect(() => planDeposits({ ...options, ...wrong })).toThrow(problem)
})
