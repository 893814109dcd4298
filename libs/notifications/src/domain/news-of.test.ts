import { expect, test } from 'vitest'
import { heard, merchantCreated, paymentSucceeded, published } from '../testing/heard.ts'
import { newsOf, TOLD_TYPES } from './news-of.ts'
import { OPERATORS } from './notification.ts'

const MERCHANT = '01a20348-f03f-77ef-ab1e-bc93962477a9'
const PAYMENT = '01a20348-f03f-77ef-ab1e-bc93962477aa'
const USD = 'sandbox:1/iso4217:USD'
const AT = '2026-11-22T12:00:00Z'

test('of a payment its merchant is told, by letter and by program', () => {
  expect(newsOf(heard(paymentSucceeded(MERCHANT, 'one')))).toMatchObject({
    ...{ eventId: 'one', type: 'payment.succeeded', owner: MERCHANT },
    ...{ reader: MERCHANT, isReaderExpected: true },
  })
})

test('of a duplicate, which is to be refunded, its merchant is told', () => {
  const duplicated = published('payment.duplicated', {
    ...{ paymentId: PAYMENT, orderId: PAYMENT, merchantId: MERCHANT, version: 2 },
    ...{ channel: 'sandbox', asset: USD, amount: '100', received: '100' },
    ...{ createdAt: AT, duplicatedAt: AT },
  })

  expect(newsOf(heard(duplicated))).toMatchObject({ owner: MERCHANT, reader: MERCHANT })
})

test('of what only the books are told nobody else is', () => {
  const charged = published('charge.succeeded', {
    ...{ paymentId: PAYMENT, merchantId: MERCHANT, channel: 'sandbox', chargeId: 'ch_1' },
    ...{ asset: USD, amount: '100', movedAt: AT },
  })

  expect([newsOf(heard(charged)), newsOf(heard(merchantCreated(MERCHANT)))]).toEqual([
    ...[undefined, undefined],
  ])
  expect(TOLD_TYPES).not.toContain('charge.succeeded')
})

test.each([
  [true, OPERATORS],
  [false, undefined],
])('operators are told of a withdrawal if they are to approve it: %s', (needsApproval, reader) => {
  const asked = published('withdrawal.requested', {
    ...{ withdrawalId: PAYMENT, owner: MERCHANT, kind: 'user', version: 1, needsApproval },
    ...{ chain: 'eip155:1', asset: 'eip155:1/slip44:60', amount: '1', fee: '0' },
    ...{ to: `0x${'1'.repeat(40)}`, requestedAt: AT },
  } as Parameters<typeof published<'withdrawal.requested'>>[1])

  expect(newsOf(heard(asked))).toMatchObject({ owner: MERCHANT, reader })
})
