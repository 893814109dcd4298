import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Facts, hasSucceeded, type Receipt, standingOf } from './payment.ts'

const AMOUNT = 100n
const EXPIRES_AT = new Date('2026-11-21T12:00:00Z')
const terms = { amount: AMOUNT, expiresAt: EXPIRES_AT }

const at = (minutes: number) => new Date(EXPIRES_AT.getTime() + minutes * 60_000)
const receipt = (amount: bigint, minutes = -5, id = `${amount} at ${minutes}`): Receipt => ({
  id,
  amount,
  paidAt: at(minutes),
})
const standing = (receipts: readonly Receipt[], rest: Partial<Facts> = {}) =>
  standingOf({ terms, receipts, returned: [], isOver: false, ...rest })

test('what was charged back is that for ever, however its time or its order ends', () => {
  const back = { isChargedBack: true }

  expect(standing([], back)).toEqual({ status: 'charged_back', received: 0n })
  expect(standing([], { ...back, isOver: true, cancelledAt: at(0), refusal: 'cancelled' })).toEqual(
    { status: 'charged_back', received: 0n },
  )
  expect(standing([receipt(100n)], back)).toMatchObject({ status: 'paid' })
})

describe('what came in', () => {
  test.each([
    ['nothing', [], 'created', 0n],
    ['a part', [receipt(99n)], 'partially_paid', 99n],
    ['all, in two parts', [receipt(99n), receipt(1n)], 'paid', 100n],
    ['one unit too much', [receipt(101n)], 'overpaid', 101n],
    ['all at the last moment', [receipt(100n, 0)], 'paid', 100n],
    ['all, the last unit too late', [receipt(99n), receipt(1n, 1)], 'paid_late', 100n],
    ['all in time, and more too late', [receipt(100n), receipt(5n, 1)], 'overpaid', 105n],
  ] as const)('%s', (_, receipts, status, received) => {
    expect(standing(receipts)).toMatchObject({ status, received })
  })
})

test('it is paid when the last that was needed came in', () => {
  const receipts = [receipt(50n, -1), receipt(60n, -3), receipt(7n, -2)]

  expect(standing(receipts).paidAt).toEqual(at(-1))
  expect(standing(receipts.slice(1)).paidAt).toBeUndefined()
})

test('it expires when it was waited for long enough, with what came in of it', () => {
  expect(standing([receipt(99n)], { isOver: true })).toEqual({ status: 'expired', received: 99n })
})

test.each([
  ['expired', { isOver: true }],
  ['refused', { refusal: 'declined' }],
])('one that is %s is paid all the same once the money is there', (_, facts) => {
  expect(hasSucceeded(standing([receipt(99n)], facts))).toBe(false)
  expect(standing([receipt(100n)], facts).status).toBe('paid')
})

const receipts = fc.array(
  fc.record({
    id: fc.uuid(),
    amount: fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }),
    paidAt: fc.integer({ min: -60, max: 60 }).map(at),
  }),
  { maxLength: 6 },
)

test('the order in which receipts become known changes nothing', () => {
  fc.assert(
    fc.property(receipts, fc.boolean(), (all, isOver) => {
      const shuffled = all.toReversed()

      expect(standing(shuffled, { isOver })).toEqual(standing(all, { isOver }))
    }),
  )
})

test('it has succeeded exactly when what was asked for is there', () => {
  fc.assert(
    fc.property(receipts, fc.boolean(), fc.option(fc.constant('declined')), (all, isOver, no) => {
      const sum = all.reduce((total, { amount }) => total + amount, 0n)
      const result = standing(all, { isOver, refusal: no ?? undefined })

      expect(result.received).toBe(sum)
      expect(hasSucceeded(result)).toBe(sum >= AMOUNT)
      expect(result.paidAt !== undefined).toBe(hasSucceeded(result))
    }),
  )
})
