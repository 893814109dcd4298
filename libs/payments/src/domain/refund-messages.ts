import { eventMessage, type Message } from '@coffer/events/event'
import type { Payment } from './payment-change.ts'
import type { Refund } from './refund.ts'

export const refundRequested = (refund: Refund): Message =>
  eventMessage({
    ...ofRefund(refund, 'requested', refund.createdAt),
    type: 'refund.requested',
    data: { ...factsOf(refund), to: refund.to, requestedAt: refund.createdAt.toISOString() },
  })

export const refundSucceeded = (refund: Refund, at: Date): Message =>
  eventMessage({
    ...ofRefund(refund, 'succeeded', at),
    type: 'refund.succeeded',
    data: {
      ...factsOf(refund),
      to: refund.to,
      txHash: refund.txHash,
      succeededAt: at.toISOString(),
    },
  })

export const refundFailed = (refund: Refund, at: Date): Message =>
  eventMessage({
    ...ofRefund(refund, 'failed', at),
    type: 'refund.failed',
    data: { ...factsOf(refund), reason: refund.failure ?? 'failed', failedAt: at.toISOString() },
  })

/** Of the order of a payment `refunded` went back so far. */
export function orderRefunded(payment: Payment, refunded: bigint, at: Date): Message {
  const { orderId, merchantId, asset, amount, order } = payment
  const { reference, version, createdAt } = order
  return eventMessage({
    id: `order:${orderId}:${version}`,
    type: 'order.refunded',
    source: SOURCE,
    time: at.toISOString(),
    key: merchantId,
    data: {
      ...{ orderId, merchantId, version, reference, asset },
      amount: `${amount}`,
      createdAt: createdAt.toISOString(),
      refunded: `${refunded}`,
    },
  })
}

const SOURCE = 'coffer/payments'

const ofRefund = ({ id, merchantId }: Refund, what: string, at: Date) => ({
  id: `refund:${id}:${what}`,
  source: SOURCE,
  time: at.toISOString(),
  key: merchantId,
})

function factsOf({ id: refundId, amount, excess, ...refund }: Refund) {
  const { paymentId, orderId, merchantId, channel, asset } = refund
  const facts = { refundId, paymentId, orderId, merchantId, channel, asset }
  return { ...facts, amount: `${amount}`, excess: `${excess}` }
}
