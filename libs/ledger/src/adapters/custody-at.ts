import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { type AccountCode, chartOfAccounts } from '../domain/chart-of-accounts.ts'

export type Custody = {
  /** What custody held at the moment asked for, by when things happened outside. */
  held: bigint
  /** What it holds now. */
  heldNow: bigint
  /** What we owe now: to owners, to payers, and to nobody so far. */
  owedNow: bigint
}

/**
 * Whatever is recorded longer before a moment than this happened before it, seconds: clocks of
 * nodes and of ours are no further apart.
 */
const CLOCKS_APART_S = 3_600

/** What we owe, with what is nobody's so far. */
const OWED = Object.entries(chartOfAccounts)
  .filter(([, line]) => line.class === 'liability' || line.class === 'suspense')
  .map(([code]) => code as AccountCode)

/**
 * What custody held of `assets` at a moment outside, and what it holds and we owe now, all as the
 * ledger stands at one moment. What is booked late changes the past, too. It costs a look at what
 * was recorded since, and at each account of these assets.
 */
export async function custodyAt(
  postgres: Postgres,
  assets: readonly AssetId[],
  at: Date,
): Promise<Map<AssetId, Custody>> {
  const rows = await postgres.execute<{ asset: AssetId } & Record<keyof Custody, string>>(sql`
    with wanted as (select unnest(${sql.param([...assets])}::text[]) as asset),
    moment as (select ${at.toISOString()}::timestamptz as at)
    select wanted.asset, coalesce(custody.held, 0) as held,
      coalesce(custody.held_now, 0) as "heldNow", coalesce(owed.amount, 0) as "owedNow"
    from wanted
    left join lateral (
      select sum(coalesce(beginning.balance_after, 0) + coalesce(since.amount, 0)) as held,
        sum(account.debits_posted - account.credits_posted) as held_now
      from ledger.accounts account
      cross join moment
      cross join lateral (
        select ledger.version_at(account.id, moment.at - make_interval(secs => ${CLOCKS_APART_S}))
          as version
      ) earlier
      left join ledger.entries beginning
        on beginning.account_id = account.id and beginning.account_version = earlier.version
      left join lateral (
        select sum(entry.amount) as amount
        from ledger.entries entry
        join ledger.transactions transaction on transaction.id = entry.transaction_id
        where entry.account_id = account.id and entry.account_version > earlier.version
          and transaction.event_at <= moment.at
      ) since on true
      where account.owner = 'system' and account.code = 'custody'
        and account.asset = wanted.asset
    ) custody on true
    left join lateral (
      select sum(account.credits_posted - account.debits_posted) as amount
      from ledger.accounts account
      where account.asset = wanted.asset and account.code = any(${sql.param(OWED)}::text[])
    ) owed on true`)
  return new Map(
    rows.map(({ asset, held, heldNow, owedNow }) => {
      return [asset, { held: BigInt(held), heldNow: BigInt(heldNow), owedNow: BigInt(owedNow) }]
    }),
  )
}
