import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** What the ledger holds of a deposit. */
export type BookedDeposit = {
  /** The deposit's identity, or that with the number of its confirmation. */
  reference: string
  owner: string
  eventAt: Date
  asset: AssetId
  /** By how much custody grew. */
  amount: bigint
  isReversed: boolean
  /** Whether it was confirmed once more though the confirmation before was not taken back. */
  isDoubled: boolean
}

/** Deposits in the order in which they were booked, and up to where that was read. */
export type BookedDeposits = { deposits: BookedDeposit[]; place: string | undefined }

/**
 * The deposits of `chain` that were booked after `place`, among the next `limit` transactions.
 * Without a place that is the beginning; the last page has none. What is about to be committed is
 * never passed over.
 */
export async function bookedDeposits(
  postgres: Postgres,
  { chain, after = '0:0', limit }: { chain: ChainId; after?: string | undefined; limit: number },
): Promise<BookedDeposits> {
  const [xid = '0', id = '0'] = after.split(':')
  const rows = await postgres.execute<Row>(sql`
    with page as (
      select id, recorded_xid, reference, code, owner, event_at
      from ledger.transactions
      where (recorded_xid, id) > (${xid}::text::xid8, ${id}::bigint)
        and recorded_xid < pg_snapshot_xmin(pg_current_snapshot())
      order by recorded_xid, id limit ${limit}
    )
    select page.recorded_xid::text || ':' || page.id as place, page.reference, page.owner,
      extract(epoch from page.event_at)::float8 * 1000 as ms, custody.asset, custody.amount,
      exists (
        select from ledger.transactions reversal where reversal.reverses = page.id
      ) as reversed,
      exists (
        select from ledger.transactions earlier
        where earlier.reference = ${confirmationBefore}
          and not exists (
            select from ledger.transactions reversal where reversal.reverses = earlier.id
          )
      ) as doubled
    from page
    left join lateral (
      select account.asset, sum(entry.amount) as amount
      from ledger.entries entry cross join lateral (
        -- Sought for each entry: by old figures the planner would read all accounts each time.
        select asset, code from ledger.accounts where id = entry.account_id offset 0
      ) account
      where entry.transaction_id = page.id and account.code = 'custody'
        and page.code in ('deposit.credit', 'deposit.suspense', 'deposit.unassigned')
        and starts_with(account.asset, ${`${chain}/`})
      group by account.asset
    ) custody on true
    order by page.recorded_xid, page.id`)
  return {
    deposits: rows.flatMap(depositOf),
    place: rows.at(-1)?.place,
  }
}

/** The name of the confirmation before: `x` of `x#2`, `x#2` of `x#3`; null of the first. */
const confirmationBefore = sql.raw(`
  case when page.reference !~ '#[0-9]{1,9}$' then null
    when page.reference like '%#2' then split_part(page.reference, '#', 1)
    else split_part(page.reference, '#', 1) || '#' ||
      (split_part(page.reference, '#', 2)::bigint - 1)
  end`)

type Row = {
  place: string
  reference: string
  owner: string
  ms: number
  asset: AssetId | null
  amount: string | null
  reversed: boolean
  doubled: boolean
}

const depositOf = ({ asset, amount, ...row }: Row): BookedDeposit[] =>
  asset === null || amount === null
    ? []
    : [
        {
          ...{ reference: row.reference, owner: row.owner, asset, amount: BigInt(amount) },
          eventAt: new Date(Math.round(row.ms)),
          ...{ isReversed: row.reversed, isDoubled: row.doubled },
        },
      ]
