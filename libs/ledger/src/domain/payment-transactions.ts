import type { PaymentFailed, PaymentSucceeded } from '@coffer/events/payment-events'
import { SYSTEM } from './chart-of-accounts.ts'
import { accountsIn, fromMerchant, some, toMerchant, toRefundable } from './payment-entries.ts'
import type { TransactionDraft } from './transaction.ts'

type Success = { paymentId: string; success: number; kind: 'succeeded' | 'reversed' }

/** What a payment's success is booked under, or what takes it back; the first has no number. */
const paymentReference = ({ paymentId, success, kind }: Success): string =>
  `payment:${paymentId}:${kind}${success === 1 ? '' : `#${success}`}`

/**
 * Books what was asked for, from what came in for the payment to what the merchant is to get and
 * what we keep. What came in may not be booked yet: then it is owed until it is, so that it does
 * not matter which of the two comes first.
 */
export function paymentCredit(payment: PaymentSucceeded): TransactionDraft {
  const { paymentId, merchantId, asset, amount, fee } = payment
  const account = accountsIn(asset)
  return {
    reference: paymentReference({ ...payment, kind: 'succeeded' }),
    code: 'payment.credit',
    owner: merchantId,
    eventAt: new Date(payment.paidAt),
    entries: [
      {
        account: account(paymentId, 'owner.available'),
        amount,
        shortfall: account(paymentId, 'owner.receivable'),
      },
      ...toMerchant(payment, amount - fee),
      ...some({ account: account(SYSTEM, 'fees'), amount: -fee }),
      ...toRefundable(payment, amount),
    ],
  }
}

/** A payment's failure that takes a success back. */
export type PaymentTakenBack = PaymentFailed & { success: number; fee: bigint }

/**
 * Takes back a success. What the merchant no longer has of it becomes what the merchant owes us,
 * and what was refunded of it counts against the payment's next success.
 */
export function paymentReversal(payment: PaymentTakenBack): TransactionDraft {
  const { paymentId, merchantId, asset, amount, fee } = payment
  const account = accountsIn(asset)
  return {
    reference: paymentReference({ ...payment, kind: 'reversed' }),
    code: 'payment.reversal',
    owner: merchantId,
    eventAt: new Date(payment.failedAt),
    entries: [
      {
        account: account(paymentId, 'owner.available'),
        amount: -amount,
        offsets: account(paymentId, 'owner.receivable'),
      },
      ...fromMerchant(payment, amount - fee),
      ...some({ account: account(SYSTEM, 'fees'), amount: fee }),
      {
        account: account(paymentId, 'payment.refundable'),
        amount,
        shortfall: account(paymentId, 'refundable.debt'),
      },
      { account: account(SYSTEM, 'refundable.contra'), amount: -amount },
    ],
    reverses: paymentReference({ ...payment, kind: 'succeeded' }),
  }
}
