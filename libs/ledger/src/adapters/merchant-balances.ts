import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

export type MerchantBalance = {
  asset: AssetId
  /** What came in and is not settled. */
  pending: bigint
  /** What may be withdrawn. */
  available: bigint
  /** What is reserved for withdrawals that are under way. */
  held: bigint
  /** What is kept back of what was settled, for a while. */
  reserve: bigint
  /** What the merchant owes us, and what comes next pays. */
  owed: bigint
}

/** What we owe a merchant, and it us: every asset that was ever booked, in order of asset. */
export async function merchantBalances(
  postgres: Postgres,
  merchant: string,
): Promise<MerchantBalance[]> {
  const rows = await postgres.execute<Record<keyof MerchantBalance, string>>(sql`
    select asset,
      coalesce(sum(owned) filter (where code = 'merchant.pending'), 0) as pending,
      coalesce(sum(owned - debits_pending) filter (where code = 'owner.available'), 0)
        as available,
      coalesce(sum(debits_pending) filter (where code = 'owner.available'), 0) as held,
      coalesce(sum(owned) filter (where code = 'merchant.reserve'), 0) as reserve,
      coalesce(-sum(owned) filter (where code = 'owner.receivable'), 0) as owed
    from (select *, credits_posted - debits_posted as owned from ledger.accounts) as account
    where owner = ${merchant}
    group by asset
    order by asset
  `)
  return rows.map(({ asset, pending, available, held, reserve, owed }) => ({
    asset: asset as AssetId,
    ...{ pending: BigInt(pending), available: BigInt(available), held: BigInt(held) },
    ...{ reserve: BigInt(reserve), owed: BigInt(owed) },
  }))
}
