import { eventMessage, type Message } from '@coffer/events/event'

export type Locale = 'en' | 'zh'

/** Who takes payments. */
export type Merchant = {
  id: string
  name: string
  /** Where notices go. */
  email: string
  /** The language of notices. */
  locale: Locale
  /** What we keep of a payment, in hundredths of a per cent. Payments keep what it was for them. */
  feeBasisPoints: number
  /** Grows with each change, from 1. */
  version: number
  createdAt: Date
}

export type MerchantFacts = Pick<Merchant, 'name' | 'email' | 'locale' | 'feeBasisPoints'>

/** The merchant with other facts; the same one when nothing is other. */
export function changedMerchant(merchant: Merchant, facts: Partial<MerchantFacts>): Merchant {
  const changed = { ...merchant, ...facts }
  const isSame = (Object.keys(facts) as (keyof MerchantFacts)[]).every(
    (name) => changed[name] === merchant[name],
  )
  return isSame ? merchant : { ...changed, version: merchant.version + 1 }
}

/** What is announced of a merchant that is new, or has changed. */
export function merchantMessage(merchant: Merchant, at: Date): Message {
  const { id, version, name, email, locale } = merchant
  return eventMessage({
    id: `merchant:${id}:${version}`,
    type: version === 1 ? 'merchant.created' : 'merchant.updated',
    source: 'coffer/payments',
    time: at.toISOString(),
    key: id,
    data: { merchantId: id, version, name, email, locale },
  })
}
