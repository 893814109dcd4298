import { currencyAssetId } from '@coffer/money/asset'
import { units } from '@coffer/money/units'
import { refundReservation } from '../domain/refund-transactions.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { PaymentEvent } from '../usecases/book-payments.ts'
import { ETH } from './sample-events.ts'

const USD = currencyAssetId('USD')

export type SamplePayment = {
  /** Tells payments apart. */
  number: number
  amount: bigint
  fee?: bigint
  received?: bigint
  success?: number
  channel?: 'onchain' | 'sandbox'
}

export type SampleRefund = Pick<SamplePayment, 'channel'> & {
  /** Of which payment. */
  of: number
  /** Tells refunds apart. */
  number: number
  amount: bigint
  excess?: bigint
}

/** The merchant of every sample. */
export const MERCHANT = uuid('d', 1)

/** The payment of `number`, who is an owner. */
export const paymentId = (number: number): string => uuid('a', number)

const refundId = (number: number): string => uuid('b', number)

/** `payment.succeeded` of payment `number`. */
export function paymentSucceeded(sample: SamplePayment): PaymentEvent {
  const { received = sample.amount, amount } = sample
  const outcome = received > amount ? 'overpaid' : 'paid'
  const told = { outcome, received: units(received), paidAt: TIME } as const
  return {
    ...envelope(`payment:${sample.number}`),
    type: 'payment.succeeded',
    data: { ...payment(sample), ...told },
  }
}

/** `payment.failed` that takes a success of payment `number` back. */
export function paymentTakenBack(sample: SamplePayment): PaymentEvent {
  const told = { reason: 'reorg', failedAt: TIME }
  return {
    ...envelope(`payment:${sample.number}`),
    type: 'payment.failed',
    data: { ...payment(sample), ...told },
  }
}

/** `charge.succeeded` of payment `number`, by which all of it comes in. */
export const chargeSucceeded = (sample: SamplePayment): PaymentEvent => ({
  ...envelope(`charge:${sample.number}:succeeded`),
  type: 'charge.succeeded',
  data: { ...charge(sample), movedAt: TIME },
})

/** `charge.reversed` of payment `number`, by which all of it is taken back. */
export const chargeReversed = (sample: SamplePayment): PaymentEvent => ({
  ...envelope(`charge:${sample.number}:reversed`),
  type: 'charge.reversed',
  data: { ...charge(sample), reversedAt: TIME },
})

/** What reserves a refund. */
export const reservation = (sample: SampleRefund): TransactionDraft =>
  refundReservation(refund(sample), new Date(TIME))

/** `refund.succeeded`. */
export const refundSucceeded = (sample: SampleRefund): PaymentEvent => ({
  ...envelope(`refund:${sample.number}:succeeded`),
  type: 'refund.succeeded',
  data: { ...refund(sample), succeededAt: TIME },
})

/** `refund.failed`. */
export const refundFailed = (sample: SampleRefund): PaymentEvent => ({
  ...envelope(`refund:${sample.number}:failed`),
  type: 'refund.failed',
  data: { ...refund(sample), reason: 'refused', failedAt: TIME },
})

const TIME = '2026-11-21T11:00:00Z'

const envelope = (id: string) => ({ id, source: 'coffer/payments', time: TIME })

const assetOf = ({ channel = 'onchain' }: Pick<SamplePayment, 'channel'>) =>
  ({ channel, asset: channel === 'onchain' ? ETH : USD }) as const

function payment({ number, amount, fee = 0n, success = 1, ...sample }: SamplePayment) {
  return {
    paymentId: paymentId(number),
    orderId: uuid('c', number),
    merchantId: MERCHANT,
    version: 2 * success,
    ...assetOf(sample),
    amount: units(amount),
    fee: units(fee),
    success,
    createdAt: TIME,
  }
}

function charge({ number, amount, received = amount }: SamplePayment) {
  return {
    paymentId: paymentId(number),
    merchantId: MERCHANT,
    chargeId: `ch_${number}`,
    ...assetOf({ channel: 'sandbox' }),
    amount: units(received),
  }
}

function refund({ of, number, amount, excess = 0n, ...sample }: SampleRefund) {
  return {
    refundId: refundId(number),
    paymentId: paymentId(of),
    orderId: uuid('c', of),
    merchantId: MERCHANT,
    ...assetOf(sample),
    amount: units(amount),
    excess: units(excess),
  }
}

function uuid(kind: string, number: number): string {
  return `${kind.repeat(8)}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}
