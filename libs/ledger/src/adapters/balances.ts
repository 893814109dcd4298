import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

export type Balance = {
  asset: AssetId
  /** What the owner may spend. */
  available: bigint
  /** What is reserved for something that is not settled yet. */
  held: bigint
}

/** What we owe `owner`: every asset that was ever credited, in order of asset. */
export async function balancesOf(postgres: Postgres, owner: string): Promise<Balance[]> {
  const rows = await postgres.execute<{ asset: AssetId; available: string; held: string }>(sql`
    select asset, credits_posted - debits_posted - debits_pending as available,
      debits_pending as held
    from ledger.accounts
    where owner = ${owner} and code = 'owner.available'
    order by asset
  `)
  return rows.map(({ asset, available, held }) => ({
    asset,
    available: BigInt(available),
    held: BigInt(held),
  }))
}
