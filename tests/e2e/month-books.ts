import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { atOnce, type Call, good } from './month-calls.ts'

type Balance = Record<'asset' | 'pending' | 'available' | 'held' | 'reserve' | 'owed', string>

/** What the API says that each merchant has of each asset, whatever it is called. */
export async function shownFortunes(
  call: Call,
  merchants: readonly string[],
): Promise<Map<string, bigint>> {
  const shown = await atOnce(merchants, async (merchant) => {
    const path = `/v1/merchants/${merchant}/balances`
    const { items } = await good<{ items: Balance[] }>(call('GET', path))
    return items.map(({ asset, pending, available, held, reserve, owed }) => {
      const parts = [pending, available, held, reserve, `-${owed}`]
      return [`${merchant} ${asset}`, parts.reduce((sum, part) => sum + BigInt(part), 0n)] as const
    })
  })
  return new Map(shown.flat())
}

type Total = { code: string; asset: string; total: string }

/** What all accounts of a kind hold of an asset, `code asset`; a credit is negative. */
export async function totalsOf(postgres: Postgres): Promise<Map<string, bigint>> {
  const rows = await postgres.execute<Total>(sql`
    select code, asset, sum(debits_posted - credits_posted)::text as total
    from ledger.accounts group by code, asset`)
  return new Map(rows.map(({ code, asset, total }) => [`${code} ${asset}`, BigInt(total)]))
}

/** What lies with each payment, less what it owes. */
export async function clearingOf(
  postgres: Postgres,
  payments: readonly string[],
): Promise<Map<string, bigint>> {
  const rows = await postgres.execute<{ owner: string; held: string }>(sql`
    select owner::text, sum(credits_posted - debits_posted)::text as held
    from ledger.accounts where code in ('owner.available', 'owner.receivable') group by owner`)
  const held = new Map(rows.map((row) => [row.owner, BigInt(row.held)]))
  return new Map(payments.map((id) => [id, held.get(id) ?? 0n]))
}
