import { chainOfAsset } from '@coffer/money/asset'
import { SAMPLE_ADDRESS, SAMPLE_HASH, samplePayment } from './samples.ts'
import type { Template } from './template.ts'

const { paymentId, orderId, merchantId, channel, asset } = samplePayment

export const refundSucceeded: Template<'refund.succeeded'> = {
  type: 'refund.succeeded',
  tone: 'good',
  sample: {
    ...{ paymentId, orderId, merchantId, channel, asset },
    refundId: '01980c45-0d3e-7b66-9c55-2f6a8b1d4c54',
    amount: '49990000',
    excess: '10010000',
    to: SAMPLE_ADDRESS,
    txHash: SAMPLE_HASH as `0x${string}`,
    succeededAt: '2026-11-21T11:15:00Z',
  },
  facts: (refund, show) => ({
    amount: show.amount(refund.asset, refund.amount),
    facts: [
      { label: 'channel', value: show.channel(refund.channel) },
      ...(refund.to ? [show.address('to', refund.to, chainOfAsset(refund.asset))] : []),
      ...(refund.txHash ? [show.transaction(chainOfAsset(refund.asset), refund.txHash)] : []),
      { label: 'payment', value: refund.paymentId, isCode: true },
      { label: 'refund', value: refund.refundId, isCode: true },
      { label: 'time', value: show.moment(refund.succeededAt) },
    ],
  }),
  wording: {
    en: (refund, show) => ({
      subject: `Refund paid: ${show.money(refund.asset, refund.amount)}`,
      title: 'A refund was paid',
      lead: 'The money has reached your customer.',
    }),
    zh: (refund, show) => ({
      subject: `退款成功：${show.money(refund.asset, refund.amount)}`,
      title: '退款成功',
      lead: '款项已退还给您的客户。',
    }),
  },
}
