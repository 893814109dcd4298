import { chainOfAsset, isCurrency } from '@coffer/money/asset'
import { SAMPLE_ADDRESS, samplePayment } from './samples.ts'
import type { Template } from './template.ts'

export const paymentCreated: Template<'payment.created'> = {
  type: 'payment.created',
  tone: 'plain',
  sample: { ...samplePayment, address: SAMPLE_ADDRESS, expiresAt: '2026-11-21T10:00:02Z' },
  facts: ({ asset, amount, channel, address, paymentId, expiresAt }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'channel', value: show.channel(channel) },
      ...(isCurrency(asset)
        ? []
        : [{ label: 'network', value: show.network(chainOfAsset(asset)) } as const]),
      ...(address ? [show.address('payTo', address)] : []),
      { label: 'payUntil', value: show.moment(expiresAt) },
      { label: 'payment', value: paymentId, isCode: true },
    ],
  }),
  wording: {
    en: ({ asset, amount }, show) => ({
      subject: `Payment of ${show.money(asset, amount)} is awaited`,
      title: 'A payment was created',
      lead: 'We wait for your customer to pay, and write to you as soon as it is final.',
    }),
    zh: ({ asset, amount }, show) => ({
      subject: `等待付款：${show.money(asset, amount)}`,
      title: '支付已创建',
      lead: '正在等待您的客户付款，到账并最终确认后我们会立即通知您。',
    }),
  },
}
