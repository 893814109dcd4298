import { SAMPLE_HASH, sampleWithdrawal } from './samples.ts'
import type { Template } from './template.ts'

export const withdrawalCompleted: Template<'withdrawal.completed'> = {
  type: 'withdrawal.completed',
  tone: 'good',
  sample: {
    ...sampleWithdrawal,
    version: 4,
    txHash: SAMPLE_HASH as `0x${string}`,
    blockNumber: 23_840_260,
    completedAt: '2026-11-21T10:09:47Z',
  },
  facts: ({ asset, amount, fee, chain, to, txHash, withdrawalId, completedAt }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'network', value: show.network(chain) },
      show.address('to', to, chain),
      show.transaction(chain, txHash),
      { label: 'fee', value: show.money(asset, fee) },
      { label: 'withdrawal', value: withdrawalId, isCode: true },
      { label: 'time', value: show.moment(completedAt) },
    ],
  }),
  wording: {
    en: ({ asset, amount }, show) => ({
      subject: `Withdrawal completed: ${show.money(asset, amount)}`,
      title: 'Your withdrawal has arrived',
      lead: 'It is paid and final on the network.',
      note: 'If you did not ask for this withdrawal, contact us at once.',
    }),
    zh: ({ asset, amount }, show) => ({
      subject: `提现完成：${show.money(asset, amount)}`,
      title: '您的提现已到账',
      lead: '该笔提现已支付，并已在网络上最终确认。',
      note: '如非您本人操作，请立即联系我们。',
    }),
  },
}
