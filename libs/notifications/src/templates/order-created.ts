import { sampleOrder } from './samples.ts'
import type { Template } from './template.ts'

export const orderCreated: Template<'order.created'> = {
  type: 'order.created',
  tone: 'plain',
  sample: { ...sampleOrder, description: 'Annual plan, 3 seats' },
  facts: ({ asset, amount, reference, description, orderId, createdAt }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'order', value: reference },
      ...(description ? [{ label: 'description', value: description } as const] : []),
      { label: 'orderId', value: orderId, isCode: true },
      { label: 'time', value: show.moment(createdAt) },
    ],
  }),
  wording: {
    en: ({ reference }) => ({
      subject: `New order ${reference}`,
      title: 'You have a new order',
      lead: `Order ${reference} was created and waits to be paid.`,
    }),
    zh: ({ reference }) => ({
      subject: `新订单 ${reference}`,
      title: '您有一笔新订单',
      lead: `订单 ${reference} 已创建，等待付款。`,
    }),
  },
}
