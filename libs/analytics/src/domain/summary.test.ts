import { expect, test } from 'vitest'
import { summaries } from './summary.ts'
import type { Total } from './total.ts'

const start = new Date('2026-11-21T00:00:00Z')

const total = (measure: Total['measure'], count: number, rest: Partial<Total> = {}): Total => ({
  ...{ start, asset: 'an asset', measure, count },
  ...{ amount: BigInt(count) * 10n, fee: 0n, tookMs: 0n, ...rest },
})

test('puts together what happened in one stretch of time, each asset by itself', () => {
  const found = summaries([
    total('payment.succeeded', 3, { fee: 6n }),
    total('payment.failed', 1),
    total('deposit.credited', 2, { tookMs: 3_000n }),
    total('payment.created', 5, { asset: 'another' }),
  ])

  expect(found).toMatchObject([
    {
      start,
      asset: 'an asset',
      payments: { succeeded: { count: 3, amount: 30n }, fees: 6n, successRate: 0.75 },
      credits: { count: 2, averageSeconds: 1.5 },
    },
    {
      asset: 'another',
      payments: { created: { count: 5 }, succeeded: { count: 0, amount: 0n }, successRate: null },
      credits: { count: 0, averageSeconds: null },
    },
  ])
})

test('has nothing to tell of no totals', () => {
  expect(summaries([])).toEqual([])
})
