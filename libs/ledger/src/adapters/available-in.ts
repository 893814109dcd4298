import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { AccountName } from '../domain/transaction.ts'

/**
 * What accounts that grow by credit have and no hold reserves, each in its place; 0 of one that is
 * not open. It is as of now, and locks nothing: whoever books by it may still be refused.
 */
export async function availableIn(
  tx: Pick<Transaction, 'execute'>,
  accounts: readonly AccountName[],
): Promise<bigint[]> {
  if (accounts.length === 0) return []
  const rows = await tx.execute<{ available: string }>(sql`
    select coalesce(
      (
        select sum(credits_posted - debits_posted - debits_pending) from ledger.accounts account
        where (account.owner, account.code, account.asset) = (name.owner, name.code, name.asset)
      ), 0
    ) as available
    from unnest(
      ${sql.param(accounts.map(({ owner }) => owner))}::text[],
      ${sql.param(accounts.map(({ code }) => code))}::text[],
      ${sql.param(accounts.map(({ asset }) => asset))}::text[]
    ) with ordinality as name (owner, code, asset, place)
    order by place`)
  return rows.map(({ available }) => BigInt(available))
}
