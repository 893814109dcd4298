import { samplePayment } from './samples.ts'
import type { Template } from './template.ts'

export const paymentDuplicated: Template<'payment.duplicated'> = {
  type: 'payment.duplicated',
  tone: 'warning',
  sample: {
    ...samplePayment,
    version: 2,
    received: '249990000',
    duplicatedAt: '2026-11-21T09:44:02Z',
  },
  facts: ({ asset, received, channel, orderId, paymentId, duplicatedAt }, show) => ({
    amount: show.amount(asset, received),
    facts: [
      { label: 'channel', value: show.channel(channel) },
      { label: 'orderId', value: orderId, isCode: true },
      { label: 'payment', value: paymentId, isCode: true },
      { label: 'time', value: show.moment(duplicatedAt) },
    ],
  }),
  wording: {
    en: ({ asset, received }, show) => ({
      subject: `Paid twice: ${show.money(asset, received)} to refund`,
      title: 'An order was paid twice',
      lead:
        'The money has come in for an order that another payment has paid. It is not credited ' +
        'to you.',
      note: 'Refund this payment: until then the money is kept for whoever paid it.',
    }),
    zh: ({ asset, received }, show) => ({
      subject: `重复付款：待退还 ${show.money(asset, received)}`,
      title: '一笔订单被重复支付',
      lead: '该订单已由另一笔支付付清，此笔款项不计入您的账户。',
      note: '请退还此笔支付；退还之前，款项为付款人保留。',
    }),
  },
}
