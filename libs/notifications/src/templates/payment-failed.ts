import { samplePayment } from './samples.ts'
import type { Template } from './template.ts'

export const paymentFailed: Template<'payment.failed'> = {
  type: 'payment.failed',
  tone: 'bad',
  sample: {
    ...samplePayment,
    version: 3,
    reason: 'reorg',
    success: 1,
    fee: '2499900',
    failedAt: '2026-11-21T09:52:30Z',
  },
  facts: ({ asset, amount, reason, channel, paymentId, failedAt }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'reason', value: show.reason(reason) },
      { label: 'channel', value: show.channel(channel) },
      { label: 'payment', value: paymentId, isCode: true },
      { label: 'time', value: show.moment(failedAt) },
    ],
  }),
  wording: {
    en: ({ asset, amount, success }, show) => ({
      subject: `Payment failed: ${show.money(asset, amount)}`,
      title: success ? 'A payment was taken back' : 'A payment failed',
      lead: success
        ? 'A payment that had succeeded was taken back, and so is its credit.'
        : 'The payment did not succeed. Nothing was booked.',
      ...(success ? { note: 'If you have not delivered yet, wait until it is paid again.' } : {}),
    }),
    zh: ({ asset, amount, success }, show) => ({
      subject: `支付失败：${show.money(asset, amount)}`,
      title: success ? '一笔支付已被撤回' : '支付失败',
      lead: success ? '一笔已成功的支付被撤回，相应入账已冲销。' : '该笔支付未成功，没有任何入账。',
      ...(success ? { note: '如尚未发货，请等待再次付款后再发货。' } : {}),
    }),
  },
}
