import { type Asset, type AssetId, isCurrency } from '@coffer/money/asset'
import { type ChainId, chainReference } from '@coffer/money/chain-id'
import { displayAmount } from '@coffer/money/display'
import type { Locale } from '../domain/locale.ts'
import type { Fact, ShownAmount } from './template.ts'

export type ShowOptions = {
  locale: Locale
  assets: readonly Pick<Asset, 'id' | 'symbol' | 'decimals'>[]
  /** Where a chain's transactions and addresses are looked at; those of others have no link. */
  explorers: ReadonlyMap<string, string>
}

/** Shows values as people read them. */
export type Show = ReturnType<typeof showIn>

/** {@link Show} in one language. */
export function showIn({ locale, assets, explorers }: ShowOptions) {
  const amount = (asset: AssetId, units: bigint) => amountOf({ locale, asset, units, assets })
  const explored = (chain: ChainId, path: string) => {
    const explorer = explorers.get(chain)
    return explorer === undefined ? undefined : `${explorer.replace(/\/+$/, '')}/${path}`
  }
  return {
    amount,
    /** As one text: `1.5 USDC`. */
    money(asset: AssetId, units: bigint): string {
      const { digits, unit } = amount(asset, units)
      return `${digits} ${unit}`
    },
    moment: (iso: string) => momentIn(locale, new Date(iso)),
    network: (chain: ChainId) => NETWORKS[chainReference(chain)] ?? chain,
    transaction: (chain: ChainId, hash: string): Fact => ({
      label: 'transaction',
      value: hash,
      href: explored(chain, `tx/${hash}`),
      isCode: true,
    }),
    address: (label: 'from' | 'to' | 'payTo', address: string, chain?: ChainId): Fact => ({
      label,
      value: address,
      href: chain && explored(chain, `address/${address}`),
      isCode: true,
    }),
    channel: (channel: 'onchain' | 'sandbox') => CHANNELS[channel][locale],
    reason: (reason: string) => REASONS[reason]?.[locale] ?? reason.replaceAll('_', ' '),
  }
}

type AmountOptions = Pick<ShowOptions, 'locale' | 'assets'> & { asset: AssetId; units: bigint }

/** Of an asset that nobody configured the smallest units are shown, since those are certain. */
function amountOf({ locale, asset, units, assets }: AmountOptions): ShownAmount {
  const known = assets.find(({ id }) => id === asset)
  if (known) return { digits: displayAmount(units, known.decimals), unit: known.symbol }
  if (!isCurrency(asset)) {
    return { digits: `${units}`, unit: `${locale === 'zh' ? '最小单位' : 'units of'} ${asset}` }
  }
  const currency = asset.slice(-3)
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  const digits = displayAmount(units, maximumFractionDigits)
  return { digits: withCents(digits, maximumFractionDigits), unit: currency }
}

/** People expect to see the cents of a currency, also when there are none. */
function withCents(digits: string, decimals: number): string {
  if (decimals === 0) return digits
  const [whole = '', cents = ''] = digits.split('.')
  return `${whole}.${cents.padEnd(decimals, '0')}`
}

function momentIn(locale: Locale, date: Date): string {
  const [year, month, day] = date.toISOString().slice(0, 10).split('-').map(Number)
  const time = `${date.toISOString().slice(11, 16)} UTC`
  if (locale === 'zh') return `${year}年${month}月${day}日 ${time}`
  return `${day} ${MONTHS[(month ?? 1) - 1]} ${year}, ${time}`
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** By `eth_chainId`. */
const NETWORKS: Readonly<Record<number, string>> = {
  1: 'Ethereum',
  10: 'OP Mainnet',
  56: 'BNB Smart Chain',
  137: 'Polygon',
  8453: 'Base',
  31337: 'Local chain',
  42161: 'Arbitrum One',
  43114: 'Avalanche',
  11155111: 'Sepolia',
}

const CHANNELS = {
  onchain: { en: 'On-chain transfer', zh: '链上转账' },
  sandbox: { en: 'Card (sandbox)', zh: '银行卡（沙盒）' },
} as const

/** Those that have words of their own; others are shown as they are. */
const REASONS: Readonly<Record<string, Record<Locale, string>>> = {
  reorg: {
    en: 'The network replaced the block that held the transaction',
    zh: '网络重组，包含该交易的区块已被替换',
  },
  chargeback: { en: 'The payer’s bank took the payment back', zh: '付款方银行拒付（退单）' },
  declined: { en: 'The payer’s bank declined', zh: '付款方银行拒绝' },
  expired: { en: 'It was not paid in time', zh: '未在有效期内付款' },
  reverted: { en: 'The transaction failed on the network', zh: '交易在链上执行失败' },
  gone: { en: 'The endpoint answered 410 Gone', zh: '接收地址返回 410 Gone' },
  failing: { en: 'Every delivery failed for days', zh: '连续多日投递全部失败' },
}
