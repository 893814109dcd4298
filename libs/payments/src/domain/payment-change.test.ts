import { readEvent } from '@coffer/events/event'
import { currencyAssetId } from '@coffer/money/asset'
import { describe, expect, test } from 'vitest'
import { changePayment, type Payment, type PaymentChange } from './payment-change.ts'
import { paymentCreated } from './payment-messages.ts'

const id = (digit: number) => `00000000-0000-7000-8000-00000000000${digit}`
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 21, 12, minutes))
const told = { at: at(9), reason: 'reorg' }

const payment: Payment = {
  id: id(1),
  orderId: id(2),
  merchantId: id(3),
  channel: 'sandbox',
  asset: currencyAssetId('USD'),
  amount: 100n,
  fee: 3n,
  expiresAt: at(30),
  createdAt: at(0),
  status: 'created',
  received: 0n,
  version: 1,
  successes: 0,
  order: { reference: 'A-1', version: 1, createdAt: at(0) },
}

const paid = { status: 'paid', received: 100n, paidAt: at(5) } as const
const nothing = { status: 'created', received: 0n } as const

const eventsOf = (change: PaymentChange | undefined) =>
  (change?.announcements ?? []).map((message) => readEvent(message))
const typesOf = (change: PaymentChange | undefined) => eventsOf(change).map(({ type }) => type)
const after = (change: PaymentChange | undefined): Payment => change?.payment ?? payment

test('what is the same is no change', () => {
  expect(changePayment(payment, nothing, told)).toBeUndefined()
  const change = changePayment(payment, paid, told)
  expect(changePayment(after(change), paid, told)).toBeUndefined()
})

test('a success is announced with its order, what came in and what we keep', () => {
  const change = changePayment(payment, { ...paid, status: 'overpaid', received: 120n }, told)

  expect(change?.payment).toMatchObject({ version: 2, successes: 1, order: { version: 2 } })
  const [succeeded, ordered] = eventsOf(change)
  expect(succeeded).toMatchObject({
    id: `payment:${id(1)}:2`,
    type: 'payment.succeeded',
    data: { outcome: 'overpaid', amount: 100n, received: 120n, fee: 3n, success: 1 },
  })
  expect(ordered).toMatchObject({ id: `order:${id(2)}:2`, type: 'order.paid' })
  expect(change?.announcements.every(({ key }) => key === payment.merchantId)).toBe(true)
})

test('a success that is taken back names which, and the next has the next number', () => {
  const first = after(changePayment(payment, paid, told))
  const back = changePayment(first, nothing, told)
  const again = changePayment(after(back), { ...paid, paidAt: at(8) }, told)

  expect(eventsOf(back)).toMatchObject([
    { type: 'payment.failed', data: { success: 1, reason: 'reorg' } },
    { type: 'order.cancelled', data: { reason: 'reorg' } },
  ])
  expect(eventsOf(again)[0]).toMatchObject({ type: 'payment.succeeded', data: { success: 2 } })
  const ids = [back, again].flatMap((change) => eventsOf(change).map((event) => event.id))
  expect(new Set(ids).size).toBe(ids.length)
})

describe('of what is no success', () => {
  test.each([
    ['a part', { status: 'partially_paid', received: 1n }, []],
    ['an end without it', { status: 'expired', received: 1n }, ['payment.expired']],
    ['a refusal', { status: 'failed', received: 0n }, ['payment.failed']],
  ] as const)('%s is announced as that', (_, standing, types) => {
    const change = changePayment(payment, standing, told)

    expect(change?.payment.order.version).toBe(1)
    expect(typesOf(change)).toEqual(types)
  })

  test('a refusal takes no success back', () => {
    const change = changePayment(payment, { status: 'failed', received: 0n }, told)

    expect(eventsOf(change)[0]?.data).not.toHaveProperty('success')
  })
})

test('more that comes in after a success is stored and not announced', () => {
  const first = after(changePayment(payment, paid, told))

  const more = changePayment(first, { ...paid, status: 'overpaid', received: 120n }, told)

  expect(more?.payment).toMatchObject({ received: 120n, successes: 1, version: 3 })
  expect(typesOf(more)).toEqual([])
})

test('a new payment is announced after its order, and alone where the order was there', () => {
  const types = (isOrderNew: boolean) =>
    paymentCreated(payment, { isOrderNew, description: 'a book' }).map(
      (each) => readEvent(each).type,
    )

  expect(types(true)).toEqual(['order.created', 'payment.created'])
  expect(types(false)).toEqual(['payment.created'])
})
