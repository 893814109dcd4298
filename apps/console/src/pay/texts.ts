const english = {
  title: 'Payment to {merchant}',
  for: 'Order {reference}',
  due: 'To pay',
  stillDue: 'Still to pay',
  scan: 'Scan with a wallet, or send exactly this amount to this address.',
  qr: 'QR code that a wallet reads to pay',
  open: 'Open in a wallet',
  amount: 'Amount',
  address: 'Address',
  network: 'Network',
  networkHint: 'Send {symbol} on this network only: anything else may be lost.',
  left: 'Expires in {time}',
  copy: 'Copy',
  copyWhat: 'Copy: {what}',
  copied: 'Copied',
  coming: '{amount} {symbol} is on its way',
  confirmations: '{count} of {needed} confirmations',
  received: 'Received so far',
  paid: 'Paid. Thank you!',
  expired: 'This payment has expired. Ask the merchant for a new one before you pay.',
  failed: 'This payment was cancelled.',
  card: 'This payment is made by card, with the merchant.',
  unknown: 'There is no such payment. Is the address of this page complete?',
  lost: 'Connection lost, trying again…',
  loading: 'Loading…',
} as const

type Key = keyof typeof english

const chinese: Readonly<Record<Key, string>> = {
  title: '向 {merchant} 付款',
  for: '订单 {reference}',
  due: '应付',
  stillDue: '还需支付',
  scan: '用钱包扫码，或将准确金额转到此地址。',
  qr: '供钱包扫描的付款二维码',
  open: '在钱包中打开',
  amount: '金额',
  address: '地址',
  network: '网络',
  networkHint: '仅限此网络上的 {symbol}。转入其他资产可能无法找回。',
  left: '剩余 {time}',
  copy: '复制',
  copyWhat: '复制{what}',
  copied: '已复制',
  coming: '{amount} {symbol} 正在到账',
  confirmations: '{count} / {needed} 个确认',
  received: '已收到',
  paid: '支付成功，谢谢！',
  expired: '此付款已过期。付款前请向商户索取新的付款链接。',
  failed: '此付款已取消。',
  card: '此付款在商户处以银行卡支付。',
  unknown: '没有这笔付款。页面地址是否完整？',
  lost: '连接中断，正在重试…',
  loading: '加载中…',
}

const isChinese = navigator.language.startsWith('zh')

/** The language that the payer's browser asks for. */
export const language = isChinese ? 'zh-Hans' : 'en'

export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  const text: string = (isChinese ? chinese : english)[key]
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole))
}
