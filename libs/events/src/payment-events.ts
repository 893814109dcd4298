import { z } from 'zod'
import { addressOnWire, assetOnWire, hashOnWire, unitsOnWire } from './wire.ts'

// Fields that a newer writer adds are passed over, so that readers need not be upgraded first.
const payment = {
  paymentId: z.uuid(),
  orderId: z.uuid(),
  merchantId: z.uuid(),
  /** Grows with each change of the payment: what says an older one is passed over. */
  version: z.int().min(1),
  /** How it is paid. */
  channel: z.enum(['onchain', 'sandbox']),
  asset: assetOnWire,
  /** What is asked for, in the asset's smallest unit. */
  amount: unitsOnWire,
  /** When it was made, RFC 3339. */
  createdAt: z.iso.datetime(),
}

/** A payment is asked for. */
export const paymentCreated = z.object({
  ...payment,
  /** Where to pay it on chain. */
  address: addressOnWire.optional(),
  expiresAt: z.iso.datetime(),
})

/** What is asked for has come in, and is final. */
export const paymentSucceeded = z.object({
  ...payment,
  /** Counts the successes of this payment from 1. It grows only when one was taken back. */
  success: z.int().min(1),
  /** `late`: after it had expired. */
  outcome: z.enum(['paid', 'overpaid', 'late']),
  /** All that came in. What exceeds `amount` stays with the payment. */
  received: unitsOnWire,
  /** What we keep of `amount`. */
  fee: unitsOnWire,
  /** When the last of it was paid, RFC 3339. */
  paidAt: z.iso.datetime(),
})

/** A payment will not succeed, or its success was taken back. */
export const paymentFailed = z.object({
  ...payment,
  /** For example `declined`, `reorg`, `chargeback`. */
  reason: z.string().min(1),
  /** The success that it takes back; absent if there was none. */
  success: z.int().min(1).optional(),
  fee: unitsOnWire.optional(),
  failedAt: z.iso.datetime(),
})

/** Its time is over, and less than was asked for came in. */
export const paymentExpired = z.object({
  ...payment,
  received: unitsOnWire,
  expiredAt: z.iso.datetime(),
})

/** All of it came in, for an order that another payment has paid: it is to be refunded. */
export const paymentDuplicated = z.object({
  ...payment,
  /** All that came in. It stays with the payment, and nobody has earned it. */
  received: unitsOnWire,
  duplicatedAt: z.iso.datetime(),
})

const charge = {
  paymentId: z.uuid(),
  merchantId: z.uuid(),
  channel: payment.channel,
  /** The channel's name for it. */
  chargeId: z.string().min(1),
  asset: assetOnWire,
  amount: unitsOnWire,
}

/** A channel has taken money for a payment, and owes it to us. */
export const chargeSucceeded = z.object({
  ...charge,
  /** When it moved, as the channel says, RFC 3339. */
  movedAt: z.iso.datetime(),
})

/** A channel has taken back what it took for a payment. */
export const chargeReversed = z.object({ ...charge, reversedAt: z.iso.datetime() })

const refund = {
  refundId: z.uuid(),
  paymentId: z.uuid(),
  orderId: z.uuid(),
  merchantId: z.uuid(),
  channel: z.enum(['onchain', 'sandbox']),
  asset: assetOnWire,
  amount: unitsOnWire,
  /** What of it came in beyond what was asked for, and so never was the merchant's. */
  excess: unitsOnWire,
}

/** A refund was granted, and what it takes is reserved: it is to be paid out. */
export const refundRequested = z.object({
  ...refund,
  /** Where to pay it on chain. */
  to: addressOnWire.optional(),
  requestedAt: z.iso.datetime(),
})

/** A refund has reached the payer. */
export const refundSucceeded = z.object({
  ...refund,
  to: addressOnWire.optional(),
  txHash: hashOnWire.optional(),
  succeededAt: z.iso.datetime(),
})

/** A refund will not be paid: what was reserved for it is free again. */
export const refundFailed = z.object({
  ...refund,
  reason: z.string().min(1),
  failedAt: z.iso.datetime(),
})

export type PaymentSucceeded = z.output<typeof paymentSucceeded>
export type PaymentFailed = z.output<typeof paymentFailed>
export type ChargeSucceeded = z.output<typeof chargeSucceeded>
export type ChargeReversed = z.output<typeof chargeReversed>
export type RefundRequested = z.output<typeof refundRequested>
export type RefundSucceeded = z.output<typeof refundSucceeded>
export type RefundFailed = z.output<typeof refundFailed>
