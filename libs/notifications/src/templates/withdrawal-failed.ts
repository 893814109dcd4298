import { sampleWithdrawal } from './samples.ts'
import type { Template } from './template.ts'

export const withdrawalFailed: Template<'withdrawal.failed'> = {
  type: 'withdrawal.failed',
  tone: 'bad',
  sample: {
    ...sampleWithdrawal,
    version: 4,
    reason: 'reverted',
    failedAt: '2026-11-21T10:09:47Z',
  },
  facts: ({ asset, amount, chain, to, txHash, reason, withdrawalId, failedAt }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'reason', value: show.reason(reason) },
      { label: 'network', value: show.network(chain) },
      show.address('to', to, chain),
      ...(txHash ? [show.transaction(chain, txHash)] : []),
      { label: 'withdrawal', value: withdrawalId, isCode: true },
      { label: 'time', value: show.moment(failedAt) },
    ],
  }),
  wording: {
    en: ({ asset, amount }, show) => ({
      subject: `Withdrawal failed: ${show.money(asset, amount)}`,
      title: 'A withdrawal was not paid',
      lead: 'It was not paid and will not be. What was held for it is in your balance again.',
    }),
    zh: ({ asset, amount }, show) => ({
      subject: `提现失败：${show.money(asset, amount)}`,
      title: '提现未成功',
      lead: '该笔提现未支付，也不会再支付。冻结的金额已退回您的余额。',
    }),
  },
}
