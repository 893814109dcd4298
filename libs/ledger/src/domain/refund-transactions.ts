import type { RefundRequested } from '@coffer/events/payment-events'
import { type AccountCode, SYSTEM } from './chart-of-accounts.ts'
import type { AccountName, EntryDraft, TransactionDraft } from './transaction.ts'

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
  return {
    reference: reservedAs(refund),
    code: 'refund.reserve',
    owner: refund.merchantId,
    eventAt: requestedAt,
    entries: reservation(refund, 1n),
  }
}

/** Books that a refund has reached the payer: from custody, or by the channel that owes us. */
export function refundPaid(refund: RefundFacts, succeededAt: Date): TransactionDraft {
  const { refundId, channel, merchantId: owner, paymentId, asset, amount } = refund
  const source = channel === 'onchain' ? 'custody' : 'channel.receivable'
  return {
    reference: `refund:${refundId}:succeeded`,
    code: 'refund.paid',
    owner,
    eventAt: succeededAt,
    entries: [
      { account: { owner: paymentId, code: 'refund.payable', asset }, amount },
      { account: { owner: SYSTEM, code: source, asset }, amount: -amount },
    ],
  }
}

/** Sets free what was reserved for a refund that will not be paid. */
export function refundRelease(refund: RefundFacts, failedAt: Date): TransactionDraft {
  return {
    reference: `refund:${refund.refundId}:failed`,
    code: 'refund.release',
    owner: refund.merchantId,
    eventAt: failedAt,
    entries: reservation(refund, -1n),
    reverses: reservedAs(refund),
  }
}

const reservedAs = ({ refundId }: RefundFacts): string => `refund:${refundId}:requested`

function reservation(refund: RefundFacts, sign: 1n | -1n): EntryDraft[] {
  const { paymentId, merchantId, asset, amount, excess } = refund
  const account = (owner: string, code: AccountCode): AccountName => ({ owner, code, asset })
  const ofMerchant = (amount - excess) * sign
  const shortfall = [
    account(merchantId, 'owner.available'),
    account(merchantId, 'owner.receivable'),
  ]
  const entries: EntryDraft[] = [
    { account: account(paymentId, 'payment.refundable'), amount: ofMerchant },
    { account: account(SYSTEM, 'refundable.contra'), amount: -ofMerchant },
    { account: account(merchantId, 'merchant.pending'), amount: ofMerchant, shortfall },
    { account: account(paymentId, 'owner.available'), amount: excess * sign },
    { account: account(paymentId, 'refund.payable'), amount: -amount * sign },
  ]
  return entries.filter((entry) => entry.amount !== 0n)
}
