import type { RefundRequested } from '@coffer/events/payment-events'
import { SYSTEM } from './chart-of-accounts.ts'
import { accountsIn, fromMerchant, some, toMerchant, toRefundable } from './payment-entries.ts'
import type { TransactionDraft } from './transaction.ts'

/** What the ledger has to know of a refund. */
export type RefundFacts = Pick<
  RefundRequested,
  'refundId' | 'paymentId' | 'merchantId' | 'channel' | 'asset' | 'amount' | 'excess'
>

/**
 * Reserves what a refund takes. What decides is `payment.refundable`: it never goes below zero, so
 * that refunds of one payment never add up to more than it. The merchant pays from what is pending,
 * then from what is available, and owes the rest; what came in beyond what was asked for never was
 * the merchant's, and is still with the payment.
 */
export function refundReservation(refund: RefundFacts, requestedAt: Date): TransactionDraft {
  const { paymentId, asset, amount, excess } = refund
  const account = accountsIn(asset)
  const ofMerchant = amount - excess
  return {
    reference: reservedAs(refund),
    code: 'refund.reserve',
    owner: refund.merchantId,
    eventAt: requestedAt,
    entries: [
      ...some({ account: account(paymentId, 'payment.refundable'), amount: ofMerchant }),
      ...some({ account: account(SYSTEM, 'refundable.contra'), amount: -ofMerchant }),
      ...fromMerchant(refund, ofMerchant),
      ...some({ account: account(paymentId, 'owner.available'), amount: excess }),
      { account: account(paymentId, 'refund.payable'), amount: -amount },
    ],
  }
}

/**
 * Books that a refund has reached the payer: from custody, or by the channel that owes us. It is
 * refused once the refund was released: what is payable then may be of another.
 */
export function refundPaid(refund: RefundFacts, succeededAt: Date): TransactionDraft {
  const { channel, merchantId: owner, paymentId, asset, amount } = refund
  const source = channel === 'onchain' ? 'custody' : 'channel.receivable'
  return {
    reference: paidAs(refund),
    code: 'refund.paid',
    owner,
    eventAt: succeededAt,
    entries: [
      { account: { owner: paymentId, code: 'refund.payable', asset }, amount },
      { account: { owner: SYSTEM, code: source, asset }, amount: -amount },
    ],
    unless: releasedAs(refund),
  }
}

/**
 * Sets free what was reserved for a refund that will not be paid; it is refused once it was. What
 * the merchant had given comes back as not settled, wherever it was taken from.
 */
export function refundRelease(refund: RefundFacts, failedAt: Date): TransactionDraft {
  const { paymentId, asset, amount, excess } = refund
  const account = accountsIn(asset)
  const ofMerchant = amount - excess
  return {
    reference: releasedAs(refund),
    code: 'refund.release',
    owner: refund.merchantId,
    eventAt: failedAt,
    entries: [
      { account: account(paymentId, 'refund.payable'), amount },
      ...some({
        account: account(paymentId, 'owner.available'),
        amount: -excess,
        offsets: account(paymentId, 'owner.receivable'),
      }),
      ...toMerchant(refund, ofMerchant),
      ...toRefundable(refund, ofMerchant),
    ],
    reverses: reservedAs(refund),
    unless: paidAs(refund),
  }
}

const reservedAs = ({ refundId }: RefundFacts): string => `refund:${refundId}:requested`
const paidAs = ({ refundId }: RefundFacts): string => `refund:${refundId}:succeeded`
const releasedAs = ({ refundId }: RefundFacts): string => `refund:${refundId}:failed`
