import type { AssetId } from '@coffer/money/asset'
import { type AccountCode, SYSTEM } from './chart-of-accounts.ts'
import type { AccountName, EntryDraft } from './transaction.ts'

type Named = { paymentId: string; merchantId: string; asset: AssetId }

/** Names accounts in one asset. */
export const accountsIn =
  (asset: AssetId) =>
  (owner: string, code: AccountCode): AccountName => ({ owner, code, asset })

/** No entry is of nothing. */
export const some = (entry: EntryDraft): EntryDraft[] => (entry.amount === 0n ? [] : [entry])

/** A merchant who owes us something pays that first. */
export function toMerchant({ merchantId, asset }: Named, amount: bigint): EntryDraft[] {
  const account = accountsIn(asset)
  return some({
    account: account(merchantId, 'merchant.pending'),
    amount: -amount,
    // Nothing is ever owed on the second: it is where `fromMerchant` may have taken it.
    offsets: [account(merchantId, 'owner.receivable'), account(merchantId, 'owner.available')],
  })
}

/**
 * A merchant pays with what is not settled, then with what is available, and owes the rest.
 */
export function fromMerchant({ merchantId, asset }: Named, amount: bigint): EntryDraft[] {
  const account = accountsIn(asset)
  return some({
    account: account(merchantId, 'merchant.pending'),
    amount,
    shortfall: [account(merchantId, 'owner.available'), account(merchantId, 'owner.receivable')],
  })
}

/** How much more of a payment can be refunded, less what was refunded too much before. */
export function toRefundable({ paymentId, asset }: Named, amount: bigint): EntryDraft[] {
  const account = accountsIn(asset)
  return [
    ...some({ account: account(SYSTEM, 'refundable.contra'), amount }),
    ...some({
      account: account(paymentId, 'payment.refundable'),
      amount: -amount,
      offsets: account(paymentId, 'refundable.debt'),
    }),
  ]
}
