import { expect, test } from 'vitest'
import { isEnded, notApplied } from './refund.ts'

const receipts = (...amounts: bigint[]) =>
  amounts.map((amount, place) => ({ id: `${place}`, amount, paidAt: new Date(0) }))

test('of a payment that succeeded only what exceeds it is not applied', () => {
  const overpaid = { status: 'overpaid', amount: 100n } as const

  expect(notApplied(overpaid, { receipts: receipts(100n, 30n), returned: [] })).toBe(30n)
  const given = [{ amount: 20n }]
  expect(notApplied(overpaid, { receipts: receipts(100n, 30n), returned: given })).toBe(10n)
  expect(notApplied({ ...overpaid, status: 'paid' }, { receipts: [], returned: [] })).toBe(0n)
})

test.each(['partially_paid', 'expired', 'failed', 'duplicate'] as const)(
  'of a payment that is %s all is not applied',
  (status) => {
    const facts = { receipts: receipts(60n), returned: [{ amount: 10n }] }
    expect(notApplied({ status, amount: 100n }, facts)).toBe(50n)
  },
)

test('a refund has ended when nothing more becomes of it', () => {
  const statuses = ['requested', 'processing', 'succeeded', 'failed', 'refused'] as const
  expect(statuses.filter((status) => isEnded({ status }))).toEqual([
    'succeeded',
    'failed',
    'refused',
  ])
})
