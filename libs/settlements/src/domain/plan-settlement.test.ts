import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planSettlement, reserveOf } from './plan-settlement.ts'

const tally = {
  ...{ matured: 100n, lines: 2, pending: 100n, threshold: 100n, reserveBasisPoints: 0 },
}

test('settles all that is mature from the threshold on', () => {
  expect(planSettlement(tally)).toEqual({ amount: 100n, reserve: 0n })
  expect(planSettlement({ ...tally, threshold: 101n })).toBeUndefined()
})

test('settles no more than the ledger has', () => {
  expect(planSettlement({ ...tally, pending: 60n })).toEqual({ amount: 60n, reserve: 0n })
  expect(planSettlement({ ...tally, pending: 0n })).toBeUndefined()
})

test('settles nothing where refunds outweigh, and nothing without a line', () => {
  expect(planSettlement({ ...tally, matured: -5n, threshold: -10n })).toBeUndefined()
  expect(planSettlement({ ...tally, lines: 0 })).toBeUndefined()
})

test('keeps back the share that is asked for, less than one unit below it', () => {
  expect(reserveOf(999n, 1_000)).toBe(99n)
  const share = fc.property(
    fc.bigInt(0n, 2n ** 256n - 1n),
    fc.integer({ min: 0, max: 10_000 }),
    (amount, points) => {
      const over = amount * BigInt(points) - 10_000n * reserveOf(amount, points)
      expect(over >= 0n && over < 10_000n).toBe(true)
    },
  )
  fc.assert(share)
})
