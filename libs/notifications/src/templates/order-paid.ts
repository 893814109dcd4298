import { sampleOrder, samplePayment } from './samples.ts'
import type { Template } from './template.ts'

export const orderPaid: Template<'order.paid'> = {
  type: 'order.paid',
  tone: 'good',
  sample: {
    ...sampleOrder,
    version: 2,
    paymentId: samplePayment.paymentId,
    paidAt: '2026-11-21T09:41:11Z',
  },
  facts: ({ asset, amount, reference, paymentId, paidAt }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'order', value: reference },
      { label: 'payment', value: paymentId, isCode: true },
      { label: 'time', value: show.moment(paidAt) },
    ],
  }),
  wording: {
    en: ({ reference }) => ({
      subject: `Order ${reference} is paid`,
      title: 'An order was paid in full',
      lead: `Order ${reference} is paid. You can deliver it now.`,
    }),
    zh: ({ reference }) => ({
      subject: `订单 ${reference} 已付款`,
      title: '订单已全额付款',
      lead: `订单 ${reference} 已付清，您现在可以发货或提供服务。`,
    }),
  },
}
