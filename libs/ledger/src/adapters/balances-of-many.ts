import type { AssetId } from '@coffer/money/asset'
import { textArray } from '@coffer/postgres/binary-array'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Balance } from './balances.ts'

/** What {@link balancesOf} answers of each of `owners`; those who have none are left out. */
export async function balancesOfMany(
  postgres: Postgres,
  owners: readonly string[],
): Promise<Map<string, Balance[]>> {
  // Looked up one by one: without statistics the planner would read every account there is.
  const rows = await postgres.execute<Record<'owner' | 'asset' | 'available' | 'held', string>>(sql`
    select wanted.owner, account.asset, account.available, account.held
    from unnest(${textArray(owners)}::text[]) as wanted (owner)
    cross join lateral (
      select asset, credits_posted - debits_posted - debits_pending as available,
        debits_pending as held
      from ledger.accounts
      where owner = wanted.owner and code = 'owner.available'
      order by asset
      offset 0
    ) as account`)
  const balances = new Map<string, Balance[]>()
  for (const { owner, asset, available, held } of rows) {
    const balance = { asset: asset as AssetId, available: BigInt(available), held: BigInt(held) }
    const known = balances.get(owner)
    if (known === undefined) balances.set(owner, [balance])
    else known.push(balance)
  }
  return balances
}
