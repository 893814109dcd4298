import type { Message } from '@coffer/events/event'
import { hasSucceeded, type Standing, type Terms } from './payment.ts'
import {
  orderCancelled,
  orderPaid,
  paymentDuplicated,
  paymentExpired,
  paymentRefused,
  paymentSucceeded,
  paymentTakenBack,
} from './payment-messages.ts'

/** A payment as it is stored, with what is announced of its order. */
export type Payment = Terms &
  Standing & {
    /** Grows with each change, from 1. */
    version: number
    /** How often it has succeeded: more than once only if a success was taken back. */
    successes: number
    order: PaidOrder
  }

/** What is announced of the order of a payment. */
export type PaidOrder = {
  reference: string
  version: number
  createdAt: Date
  cancelledAt?: Date | undefined
}

export type PaymentChange = { payment: Payment; announcements: readonly Message[] }

/**
 * The payment once its facts amount to `standing`, and what is to be announced; `undefined` when
 * nothing changed. `reason` says why a success is taken back or a payment refused.
 */
export function changePayment(
  payment: Payment,
  standing: Standing,
  { at, reason }: { at: Date; reason: string },
): PaymentChange | undefined {
  if (isSame(payment, standing)) return undefined
  const [before, after] = [hasSucceeded(payment), hasSucceeded(standing)]
  const { order } = payment
  const changed: Payment = {
    ...payment,
    ...standing,
    paidAt: standing.paidAt,
    version: payment.version + 1,
    successes: payment.successes + (after && !before ? 1 : 0),
    order: { ...order, version: order.version + (after === before ? 0 : 1) },
  }
  return { payment: changed, announcements: announcementsOf(payment, changed, { at, reason }) }
}

function announcementsOf(
  before: Payment,
  after: Payment,
  told: { at: Date; reason: string },
): Message[] {
  if (hasSucceeded(after) !== hasSucceeded(before)) {
    return hasSucceeded(after)
      ? [paymentSucceeded(after, told), orderPaid(after, told)]
      : [paymentTakenBack(after, told), orderCancelled(after, told)]
  }
  if (after.status === before.status) return []
  const isLost = after.status === 'failed' || after.status === 'charged_back'
  if (isLost) return [paymentRefused(after, told)]
  if (after.status === 'expired') return [paymentExpired(after, told)]
  if (after.status === 'duplicate') return [paymentDuplicated(after, told)]
  return []
}

const isSame = (payment: Payment, { status, received, paidAt }: Standing): boolean =>
  payment.status === status &&
  payment.received === received &&
  payment.paidAt?.getTime() === paidAt?.getTime()
