import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { AccountCode } from '../domain/chart-of-accounts.ts'

export type AssetBalance = {
  asset: AssetId
  /** Sum of all entries; anything but 0 is a broken ledger. */
  total: bigint
  /** Debits − credits by code of the chart of accounts. */
  byCode: Partial<Record<AccountCode, bigint>>
}

/** Adds up every entry there is, by asset and code. It reads the whole ledger. */
export async function trialBalance(postgres: Postgres): Promise<AssetBalance[]> {
  const rows = await postgres.execute<{ asset: AssetId; code: AccountCode; balance: string }>(sql`
    select account.asset, account.code, sum(entry.balance) as balance
    from (
      select account_id, sum(amount) as balance from ledger.entries group by account_id
    ) entry
    join ledger.accounts account on account.id = entry.account_id
    group by account.asset, account.code
    order by account.asset, account.code
  `)
  const assets = new Map<AssetId, AssetBalance>()
  for (const { asset, code, balance } of rows) {
    const line = assets.get(asset) ?? { asset, total: 0n, byCode: {} }
    line.byCode[code] = BigInt(balance)
    line.total += BigInt(balance)
    assets.set(asset, line)
  }
  return [...assets.values()]
}
