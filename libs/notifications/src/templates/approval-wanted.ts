import { sampleWithdrawal } from './samples.ts'
import type { Template } from './template.ts'

/** Goes to the operators: a second person has to look at a withdrawal. */
export const approvalWanted: Template<'withdrawal.requested'> = {
  type: 'withdrawal.requested',
  tone: 'warning',
  sample: { ...sampleWithdrawal, needsApproval: true },
  facts: ({ asset, amount, fee, chain, to, owner, withdrawalId, requestedAt }, show) => ({
    amount: show.amount(asset, amount),
    facts: [
      { label: 'account', value: owner, isCode: true },
      { label: 'network', value: show.network(chain) },
      show.address('to', to, chain),
      { label: 'fee', value: show.money(asset, fee) },
      { label: 'withdrawal', value: withdrawalId, isCode: true },
      { label: 'time', value: show.moment(requestedAt) },
    ],
  }),
  wording: {
    en: ({ asset, amount }, show) => ({
      subject: `Approval wanted: withdrawal of ${show.money(asset, amount)}`,
      title: 'A withdrawal waits for your approval',
      lead:
        'It is above the limit that one person may decide. Nothing is paid until a second ' +
        'person has approved it.',
      note: 'Compare the address with whoever asked for it before you approve.',
    }),
    zh: ({ asset, amount }, show) => ({
      subject: `待审批：提现 ${show.money(asset, amount)}`,
      title: '一笔提现等待您的审批',
      lead: '该笔提现超过单人审批限额，在第二人批准之前不会付款。',
      note: '批准前请与申请人核对收款地址。',
    }),
  },
}
