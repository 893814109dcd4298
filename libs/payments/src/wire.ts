import { assetOnWire, emailAddress, unitsOnWire } from '@coffer/events/wire'
import { z } from 'zod'
import type { Merchant } from './domain/merchant.ts'
import { hasSucceeded } from './domain/payment.ts'
import type { Payment } from './domain/payment-change.ts'
import type { OrderView, PaymentView } from './ports.ts'

const moment = z.iso.datetime()

/** Spelled out, since not every client's regular expressions know the classes of Unicode. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const PLAIN = /^(?!\s)[^\u0000-\u001f\u007f-\u009f\ufffd]*(?<!\s)$/u

/** Text that people read: no control characters, no space at either end. */
const text = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(PLAIN, 'Expected no control characters, no space at an end')

const feeBasisPoints = z
  .int()
  .min(0)
  .max(10_000)
  .describe('What we keep of a payment, in hundredths of a per cent. The platform chooses it')

const locale = z.enum(['en', 'zh']).describe('The language of notices')

export const newMerchant = z.strictObject({
  name: text(200),
  email: emailAddress,
  locale: locale.default('en'),
  feeBasisPoints: feeBasisPoints.optional(),
})

export const merchantChange = z.strictObject({
  name: text(200).optional(),
  email: emailAddress.optional(),
  locale: locale.optional(),
  feeBasisPoints: feeBasisPoints.optional(),
})

export const merchant = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  locale,
  feeBasisPoints: z.int(),
  createdAt: moment,
})

const STATUSES = [
  ...(['created', 'partially_paid', 'paid', 'overpaid', 'paid_late'] as const),
  ...(['duplicate', 'expired', 'failed', 'charged_back'] as const),
] as const

const status = z.enum(STATUSES)

const channel = z.enum(['onchain', 'sandbox'])

/** An hour. */
const EXPIRES_IN_SECONDS = 3_600

export const newPayment = z.strictObject({
  merchant: z.uuid(),
  reference: text(200).describe('Your name for the order. The same one names the same order'),
  asset: assetOnWire,
  amount: unitsOnWire
    .refine((amount) => amount > 0n, 'Expected more than 0')
    .describe("Whole number of the asset's smallest unit"),
  channel,
  card: z
    .string()
    .regex(/^tok_[a-z_]{1,60}$/, 'Expected a token such as tok_succeed, never the number of a card')
    .optional()
    .describe('What the sandbox charges'),
  description: text(500).optional().describe('Of the order, when it is new'),
  expiresInSeconds: z.int().min(60).max(2_592_000).default(EXPIRES_IN_SECONDS),
})

export const payment = z.strictObject({
  id: z.uuid(),
  order: z.uuid(),
  merchant: z.uuid(),
  reference: z.string(),
  channel,
  asset: z.string(),
  amount: z.string().describe('What is asked for'),
  fee: z.string().describe('What we keep of it'),
  address: z.string().nullable().describe('Where it is paid on chain'),
  status,
  received: z.string().describe('What came in so far and is final'),
  refunded: z.string().describe('What of it has reached the payer again'),
  refund: z.enum(['none', 'part', 'whole']),
  reason: z.string().nullable().describe('Why it failed, for example cancelled'),
  createdAt: moment,
  expiresAt: moment,
  paidAt: moment.nullable(),
})

export const paymentQuery = z.strictObject({
  merchant: z.uuid().optional(),
  status: status.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.uuid().optional().describe('nextCursor of the answer before'),
})

export const paymentList = z.strictObject({
  items: z.array(payment),
  nextCursor: z.string().nullable(),
})

export const order = z.strictObject({
  id: z.uuid(),
  merchant: z.uuid(),
  reference: z.string(),
  description: z.string().nullable(),
  asset: z.string(),
  amount: z.string(),
  status: z.enum(['open', 'paid', 'cancelled']),
  createdAt: moment,
  cancelledAt: moment.nullable(),
  payments: z.array(payment),
})

export const merchantOnWire = ({ version: _, createdAt, ...facts }: Merchant) => ({
  ...facts,
  createdAt: createdAt.toISOString(),
})

/** A payment that was made just now, or is answered as if. */
export const madeOnWire = (made: Payment) =>
  paymentOnWire({ ...made, reference: made.order.reference, refusal: undefined, refunded: 0n })

export const paymentOnWire = (view: PaymentView) => ({
  id: view.id,
  order: view.orderId,
  merchant: view.merchantId,
  reference: view.reference,
  channel: view.channel,
  asset: view.asset,
  amount: `${view.amount}`,
  fee: `${view.fee}`,
  address: view.address ?? null,
  status: view.status,
  received: `${view.received}`,
  refunded: `${view.refunded}`,
  refund: refundOf(view),
  reason: view.status === 'failed' ? (view.refusal ?? null) : null,
  createdAt: view.createdAt.toISOString(),
  expiresAt: view.expiresAt.toISOString(),
  paidAt: view.paidAt?.toISOString() ?? null,
})

const refundOf = ({ refunded, received }: PaymentView): 'none' | 'part' | 'whole' => {
  if (refunded === 0n) return 'none'
  return refunded < received ? 'part' : 'whole'
}

export function orderOnWire(view: OrderView) {
  const { id, reference, asset, amount, payments, createdAt, cancelledAt } = view
  const isPaid = payments.some(hasSucceeded)
  return {
    ...{ id, merchant: view.merchantId, reference, description: view.description ?? null, asset },
    amount: `${amount}`,
    status: isPaid ? ('paid' as const) : cancelledAt ? ('cancelled' as const) : ('open' as const),
    createdAt: createdAt.toISOString(),
    cancelledAt: cancelledAt?.toISOString() ?? null,
    payments: payments.map(paymentOnWire),
  }
}
