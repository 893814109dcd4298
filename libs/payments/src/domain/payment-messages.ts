import type { EventType } from '@coffer/events/catalogue'
import { eventMessage, type Message } from '@coffer/events/event'
import type { Payment } from './payment-change.ts'

type Told = { at: Date; reason: string }

export type PaymentCreation = {
  /** Whether its order is made with it. */
  isOrderNew: boolean
  /** Of the order. */
  description: string | undefined
}

/** What is announced of a payment that is made; of its order too, if that is made with it. */
export function paymentCreated(
  payment: Payment,
  { isOrderNew, description }: PaymentCreation,
): Message[] {
  const { createdAt: at, address, expiresAt } = payment
  const made = eventMessage({
    ...ofPayment(payment, 'payment.created', at),
    data: { ...paymentFacts(payment), address, expiresAt: iso(expiresAt) },
  })
  if (!isOrderNew) return [made]
  const ordered = eventMessage({
    ...ofOrder(payment, 'order.created', at),
    data: { ...orderFacts(payment), description },
  })
  return [ordered, made]
}

export function paymentSucceeded(payment: Payment, { at }: Told): Message {
  const { successes: success, received, fee, status, paidAt = at } = payment
  const outcome = status === 'overpaid' ? 'overpaid' : status === 'paid_late' ? 'late' : 'paid'
  const facts = { success, outcome, received: `${received}`, fee: `${fee}` } as const
  return eventMessage({
    ...ofPayment(payment, 'payment.succeeded', at),
    data: { ...paymentFacts(payment), ...facts, paidAt: iso(paidAt) },
  })
}

/** Its success is taken back. */
export function paymentTakenBack(payment: Payment, { at, reason }: Told): Message {
  const facts = { reason, success: payment.successes, fee: `${payment.fee}` }
  return eventMessage({
    ...ofPayment(payment, 'payment.failed', at),
    data: { ...paymentFacts(payment), ...facts, failedAt: iso(at) },
  })
}

export const paymentRefused = (payment: Payment, { at, reason }: Told): Message =>
  eventMessage({
    ...ofPayment(payment, 'payment.failed', at),
    data: { ...paymentFacts(payment), reason, failedAt: iso(at) },
  })

export const paymentExpired = (payment: Payment, { at }: Told): Message =>
  eventMessage({
    ...ofPayment(payment, 'payment.expired', at),
    data: { ...paymentFacts(payment), received: `${payment.received}`, expiredAt: iso(at) },
  })

export const paymentDuplicated = (payment: Payment, { at }: Told): Message =>
  eventMessage({
    ...ofPayment(payment, 'payment.duplicated', at),
    data: { ...paymentFacts(payment), received: `${payment.received}`, duplicatedAt: iso(at) },
  })

export const orderPaid = (payment: Payment, { at }: Told): Message =>
  eventMessage({
    ...ofOrder(payment, 'order.paid', at),
    data: {
      ...orderFacts(payment),
      paymentId: payment.id,
      paidAt: iso(payment.paidAt ?? at),
    },
  })

export const orderCancelled = (payment: Payment, { at, reason }: Told): Message =>
  eventMessage({
    ...ofOrder(payment, 'order.cancelled', at),
    data: { ...orderFacts(payment), reason },
  })

const ofPayment = <T extends EventType>(
  { id, version, merchantId }: Payment,
  type: T,
  at: Date,
) => ({
  id: `payment:${id}:${version}`,
  type,
  source: SOURCE,
  time: iso(at),
  key: merchantId,
})

const ofOrder = <T extends EventType>(
  { orderId, order, merchantId }: Payment,
  type: T,
  at: Date,
) => ({
  id: `order:${orderId}:${order.version}`,
  type,
  source: SOURCE,
  time: iso(at),
  key: merchantId,
})

function paymentFacts(payment: Payment) {
  const { id: paymentId, orderId, merchantId, version, channel, asset, amount, createdAt } = payment
  const terms = { channel, asset, amount: `${amount}`, createdAt: iso(createdAt) }
  return { paymentId, orderId, merchantId, version, ...terms }
}

function orderFacts({ orderId, merchantId, asset, amount, order }: Payment) {
  const { reference, version, createdAt } = order
  const terms = { reference, asset, amount: `${amount}`, createdAt: iso(createdAt) }
  return { orderId, merchantId, version, ...terms }
}

const SOURCE = 'coffer/payments'

const iso = (date: Date): string => date.toISOString()
