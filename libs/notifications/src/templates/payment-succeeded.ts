import { samplePayment } from './samples.ts'
import type { Template } from './template.ts'

export const paymentSucceeded: Template<'payment.succeeded'> = {
  type: 'payment.succeeded',
  tone: 'good',
  sample: {
    ...samplePayment,
    version: 2,
    success: 1,
    outcome: 'overpaid',
    received: '260000000',
    fee: '2499900',
    paidAt: '2026-11-21T09:41:11Z',
  },
  facts: ({ asset, amount, received, fee, channel, paymentId, paidAt }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'received', value: show.money(asset, received) },
      { label: 'fee', value: show.money(asset, fee) },
      { label: 'net', value: show.money(asset, amount - fee) },
      { label: 'channel', value: show.channel(channel) },
      { label: 'payment', value: paymentId, isCode: true },
      { label: 'time', value: show.moment(paidAt) },
    ],
  }),
  wording: {
    en: ({ asset, amount, received, outcome }, show) => ({
      subject: `Payment received: ${show.money(asset, amount)}`,
      title: 'A payment succeeded',
      lead: 'The money has come in and is final.',
      ...(outcome === 'overpaid'
        ? {
            note:
              `Your customer paid ${show.money(asset, received - amount)} more than asked. ` +
              'It can be refunded.',
          }
        : {}),
      ...(outcome === 'late' ? { note: 'It came in after the payment had expired.' } : {}),
    }),
    zh: ({ asset, amount, received, outcome }, show) => ({
      subject: `收款成功：${show.money(asset, amount)}`,
      title: '支付成功',
      lead: '款项已到账并最终确认。',
      ...(outcome === 'overpaid'
        ? { note: `您的客户多付了 ${show.money(asset, received - amount)}，多付部分可以退还。` }
        : {}),
      ...(outcome === 'late' ? { note: '该款项在支付过期之后到账。' } : {}),
    }),
  },
}
