import type { Locale } from '../domain/locale.ts'

/** What facts are called. */
export const labels = {
  network: { en: 'Network', zh: '网络' },
  from: { en: 'From', zh: '付款地址' },
  to: { en: 'To', zh: '收款地址' },
  transaction: { en: 'Transaction', zh: '交易哈希' },
  block: { en: 'Block', zh: '区块' },
  time: { en: 'Time', zh: '时间' },
  deposit: { en: 'Deposit', zh: '充值编号' },
  order: { en: 'Order', zh: '订单' },
  orderId: { en: 'Order ID', zh: '订单编号' },
  description: { en: 'Description', zh: '说明' },
  payment: { en: 'Payment ID', zh: '支付编号' },
  channel: { en: 'Paid by', zh: '支付方式' },
  payTo: { en: 'Pay to', zh: '付款至' },
  payUntil: { en: 'Pay until', zh: '付款截止' },
  received: { en: 'Received', zh: '实收' },
  fee: { en: 'Fee', zh: '手续费' },
  settled: { en: 'Settled', zh: '结算金额' },
  net: { en: 'Net', zh: '净额' },
  reason: { en: 'Reason', zh: '原因' },
  refund: { en: 'Refund ID', zh: '退款编号' },
  settlement: { en: 'Settlement ID', zh: '结算编号' },
  transactions: { en: 'Transactions', zh: '交易笔数' },
  reserve: { en: 'Kept in reserve', zh: '保留准备金' },
  available: { en: 'Now available', zh: '可用金额' },
  withdrawal: { en: 'Withdrawal ID', zh: '提现编号' },
  account: { en: 'Account', zh: '账户' },
  endpoint: { en: 'Endpoint', zh: '接收地址' },
} as const satisfies Record<string, Record<Locale, string>>

export type Label = keyof typeof labels
