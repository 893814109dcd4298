import { SAMPLE_MERCHANT, SAMPLE_TOKEN } from './samples.ts'
import type { Template } from './template.ts'

export const settlementCompleted: Template<'settlement.completed'> = {
  type: 'settlement.completed',
  tone: 'good',
  sample: {
    settlementId: '01980c48-3f51-7a27-8d66-7c0b9e2f5d65',
    merchantId: SAMPLE_MERCHANT,
    asset: SAMPLE_TOKEN,
    amount: '18450750000',
    reserve: '922537500',
    transactions: 74,
    cause: 'threshold',
    createdAt: '2026-11-21T12:00:00Z',
    completedAt: '2026-11-21T12:00:03Z',
  },
  facts: ({ asset, amount, reserve, transactions, settlementId, completedAt }, show) => ({
    amount: show.amount(asset, amount - reserve),
    facts: [
      { label: 'transactions', value: `${transactions}` },
      { label: 'settled', value: show.money(asset, amount) },
      { label: 'reserve', value: show.money(asset, reserve) },
      { label: 'available', value: show.money(asset, amount - reserve) },
      { label: 'settlement', value: settlementId, isCode: true },
      { label: 'time', value: show.moment(completedAt) },
    ],
  }),
  wording: {
    en: ({ asset, amount, reserve }, show) => ({
      subject: `Settled: ${show.money(asset, amount - reserve)} is available`,
      title: 'Your settlement is complete',
      lead: 'What was pending is yours to withdraw now.',
    }),
    zh: ({ asset, amount, reserve }, show) => ({
      subject: `结算完成：${show.money(asset, amount - reserve)} 可用`,
      title: '结算已完成',
      lead: '待结算款项已转为可用余额，您现在可以提现。',
    }),
  },
}
