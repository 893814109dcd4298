import { sampleDeposit } from './samples.ts'
import type { Template } from './template.ts'

export const depositConfirmed: Template<'deposit.confirmed'> = {
  type: 'deposit.confirmed',
  tone: 'good',
  sample: sampleDeposit,
  facts: ({ asset, amount, chain, from, txHash, blockNumber, blockTime }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'network', value: show.network(chain) },
      show.address('from', from, chain),
      show.transaction(chain, txHash),
      { label: 'block', value: `${blockNumber}` },
      { label: 'time', value: show.moment(blockTime) },
    ],
  }),
  wording: {
    en: ({ asset, amount }, show) => ({
      subject: `Deposit confirmed: ${show.money(asset, amount)}`,
      title: 'Your deposit is confirmed',
      lead: 'It is final on the network and has been credited to your account.',
    }),
    zh: ({ asset, amount }, show) => ({
      subject: `充值已确认：${show.money(asset, amount)}`,
      title: '您的充值已确认',
      lead: '该笔充值已在网络上最终确认，并已计入您的账户。',
    }),
  },
}
