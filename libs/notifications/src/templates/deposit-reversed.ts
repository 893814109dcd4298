import { sampleDeposit } from './samples.ts'
import type { Template } from './template.ts'

export const depositReversed: Template<'deposit.reversed'> = {
  type: 'deposit.reversed',
  tone: 'bad',
  sample: { ...sampleDeposit, reason: 'reorg' },
  facts: ({ asset, amount, chain, txHash, reason, blockTime }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'reason', value: show.reason(reason) },
      { label: 'network', value: show.network(chain) },
      show.transaction(chain, txHash),
      { label: 'time', value: show.moment(blockTime) },
    ],
  }),
  wording: {
    en: ({ asset, amount }, show) => ({
      subject: `Deposit reversed: ${show.money(asset, amount)}`,
      title: 'A deposit was reversed',
      lead:
        'The network took back a transaction that we had credited to you, so its amount was ' +
        'taken off your account.',
      note: 'If the transaction is included again, we credit it again and write to you.',
    }),
    zh: ({ asset, amount }, show) => ({
      subject: `充值已撤销：${show.money(asset, amount)}`,
      title: '一笔充值已被撤销',
      lead: '网络撤回了一笔我们已为您入账的交易，对应金额已从您的账户中扣除。',
      note: '如该交易再次被打包，我们会重新入账并通知您。',
    }),
  },
}
