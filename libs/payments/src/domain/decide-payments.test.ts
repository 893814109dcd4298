import { parseAssetId } from '@coffer/money/asset'
import { expect, test } from 'vitest'
import { decidePayments, type Known, ofMerchant, type PaymentRequest } from './decide-payments.ts'

const AT = new Date('2026-05-04T12:00:00Z')
const ALLOTMENTS = ['1', '2', '3'].map((n) => ({
  paymentId: `payment ${n}`,
  orderId: `order ${n}`,
  address: undefined,
}))

const known: Known = {
  merchants: new Map([['shop', { feeBasisPoints: 250 }]]),
  orders: new Map(),
  keys: new Map(),
}

const request = (given: Partial<PaymentRequest> = {}): PaymentRequest => ({
  ...{ key: 'k-1', hash: '0x01', merchantId: 'shop', reference: 'A-1', amount: 100n },
  asset: parseAssetId('eip155:31337/slip44:60'),
  ...{ channel: 'onchain', description: undefined, expiresInSeconds: 60 },
  ...given,
})

const decide = (requests: readonly PaymentRequest[], before: Known = known) =>
  decidePayments(requests, before, { allotments: ALLOTMENTS, at: AT })

test('L16: of two that come together under one key the second gets what the first made', () => {
  const { outcomes, made, answered } = decide([request(), request(), request({ hash: '0x02' })])

  expect(made.map(({ payment }) => payment.id)).toEqual(['payment 1'])
  expect(outcomes[1]).toEqual(outcomes[0])
  expect(outcomes[2]).toEqual({ refusal: 'key-reused' })
  expect(answered.map(({ key }) => key)).toEqual(['k-1'])
})

test('of two that come together for one order the second pays the order of the first', () => {
  const { made } = decide([request(), request({ key: 'k-2' })])

  expect(made.map(({ payment, isOrderNew }) => [payment.id, payment.orderId, isOrderNew])).toEqual([
    ['payment 1', 'order 1', true],
    ['payment 2', 'order 1', false],
  ])
})

test('L16: what was refused under a key is refused under it again, whatever has changed', () => {
  const { outcomes, answered } = decide([request({ amount: 7n }), request({ key: 'k-2' })], {
    ...known,
    keys: new Map([[ofMerchant('shop', 'k-1'), { hash: '0x01', refusal: 'order-closed' }]]),
  })

  expect(outcomes).toMatchObject([{ refusal: 'order-closed' }, { payment: { id: 'payment 2' } }])
  expect(answered.map(({ key }) => key)).toEqual(['k-2'])
})
