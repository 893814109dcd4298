import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { SHADOW } from './shadow-tables.ts'

/**
 * Works out what every account of the ledger must count by what the log says of it, and by the
 * transactions of the ledger in the table `later`, which the log need not have yet. It is in the
 * tables `expected_accounts` and `expected_holds`.
 */
export async function expectAccounts(tx: Transaction): Promise<void> {
  await makeTable(
    tx,
    'expected_holds',
    `
    select hold.id as hold_id, hold.expires_at from (
      select id, expires_at from ${SHADOW}.transactions where phase = 'held'
      union all
      select id, expires_at from ${SHADOW}.later where phase = 'held'
    ) hold
    where not exists (
        select from ${SHADOW}.transactions ending where ending.resolves_id = hold.id
      ) and not exists (select from ${SHADOW}.later ending where ending.resolves = hold.id)`,
  )
  await makeTable(
    tx,
    'expected_accounts',
    `
    with posted as (
      select account_id as id, count(*) as version,
        coalesce(sum(amount) filter (where amount > 0), 0) as debits,
        coalesce(-sum(amount) filter (where amount < 0), 0) as credits
      from (
        select abs(account_id) as account_id, amount from ${SHADOW}.entries
        union all
        select account_id, amount from ledger.entries
        where transaction_id in (select id from ${SHADOW}.later)
      ) entry group by account_id
    ), pending as (
      select account_id as id, coalesce(sum(amount) filter (where amount > 0), 0) as debits,
        coalesce(-sum(amount) filter (where amount < 0), 0) as credits
      from (
        select hold_id, abs(account_id) as account_id, amount from ${SHADOW}.held_entries
        union all
        select hold_id, account_id, amount from ledger.held_entries
        where hold_id in (select id from ${SHADOW}.later)
      ) held
      join ${SHADOW}.expected_holds using (hold_id) group by account_id
    ), closed as (
      select distinct abs(unnest(closes)) as id from (
        select closes from ${SHADOW}.transactions where closes is not null
        union all
        select closes from ${SHADOW}.later where closes is not null
      ) closing
    )
    select id, coalesce(posted.version, 0) as version, coalesce(posted.debits, 0) as debits_posted,
      coalesce(posted.credits, 0) as credits_posted,
      coalesce(pending.debits, 0) as debits_pending,
      coalesce(pending.credits, 0) as credits_pending,
      case when closed.id is not null then coalesce(posted.version, 0) end as closed_version
    from posted full join pending using (id) full join closed using (id)`,
  )
}

/** What the ledger has committed and the log need not have, as the table `later`. */
export const findLater = (tx: Transaction): Promise<void> =>
  makeTable(
    tx,
    'later',
    `select live.id, live.phase, live.expires_at, live.resolves, live.closes
    from ${SHADOW}.run, ledger.transactions live
    where live.refusal is null and live.id > run.restored_id
      and (live.recorded_xid, live.id) > (run.published_xid, run.published_id)
      and not exists (select from ${SHADOW}.transactions logged where logged.id = live.id)`,
  )

/** Not a temporary table: PostgreSQL reads those with one process alone. */
async function makeTable(tx: Transaction, name: string, query: string): Promise<void> {
  await tx.execute(sql.raw(`drop table if exists ${SHADOW}.${name}`))
  await tx.execute(sql.raw(`create unlogged table ${SHADOW}.${name} as ${query}`))
  await tx.execute(sql.raw(`analyze ${SHADOW}.${name}`))
}
