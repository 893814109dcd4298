import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import type { Balance } from './balances.ts'

export type Moment = {
  at: Date
  /** Whether what counts is when something was booked, or when it happened outside. */
  by: 'recorded_at' | 'event_at'
}

/**
 * What we owed `owner` at a moment, that moment included; assets without a balance then are not
 * listed. By `recorded_at` an answer about the past never changes, and costs some seeks an account;
 * by `event_at` it changes when something is booked late, and costs a look at every entry.
 */
export async function balancesAt(
  postgres: Postgres,
  owner: string,
  { at, by }: Moment,
): Promise<Balance[]> {
  const moment = sql`${at.toISOString()}::timestamptz`
  const posted = by === 'recorded_at' ? recordedBy(moment) : happenedBy(moment)
  const time = sql.raw(by)
  const rows = await postgres.execute<{ asset: AssetId; owned: string; held: string }>(sql`
    select account.asset, coalesce(-posted.balance, 0) as owned, coalesce(held.amount, 0) as held
    from ledger.accounts account
    left join lateral (${posted}) posted on true
    left join lateral (
      select sum(held.amount) as amount
      from ledger.held_entries held
      join ledger.transactions hold on hold.id = held.hold_id
      left join ledger.transactions ending on ending.resolves = hold.id
      where held.account_id = account.id and held.amount > 0 and hold.${time} <= ${moment}
        and (ending.id is null or ending.${time} > ${moment})
    ) held on true
    where account.owner = ${owner} and account.code = 'owner.available'
      and (posted.balance is not null or held.amount is not null)
    order by account.asset
  `)
  return rows.map(({ asset, owned, held }) => {
    return { asset, available: BigInt(owned) - BigInt(held), held: BigInt(held) }
  })
}

const recordedBy = (moment: SQL) => sql`
  select balance_after as balance from ledger.entries
  where account_id = account.id and account_version = ledger.version_at(account.id, ${moment})`

const happenedBy = (moment: SQL) => sql`
  select sum(entry.amount) as balance
  from ledger.entries entry join ledger.transactions transaction
    on transaction.id = entry.transaction_id
  where entry.account_id = account.id and transaction.event_at <= ${moment}`
