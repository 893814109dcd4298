import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import {
  accountSubject,
  availableNotNegative,
  type LedgerViolation,
  pendingEqualsHolds,
  unbalanced,
} from './check-ledger.ts'

export type CheckCountersOptions = {
  /** So many accounts are read by one statement. */
  page?: number
  /** So many transactions are added up, the newest. */
  newest?: number
}

/**
 * I1 and I6, as cheap as can be asked all day long: what every account counts, and the transactions
 * that were booked last. It reads each account and its last entry, and no more of what is old than
 * that: an old entry that somebody changes is found by `checkLedger`. No statement of it is long.
 */
export async function checkCounters(
  postgres: Postgres,
  { page = 10_000, newest = 10_000 }: CheckCountersOptions = {},
): Promise<LedgerViolation[]> {
  const violations: LedgerViolation[] = []
  const ask = async (invariant: LedgerViolation['invariant'], query: SQL) => {
    const rows = await postgres.execute<Omit<LedgerViolation, 'invariant'>>(
      sql`${query} limit ${LISTED_MAX}`,
    )
    violations.push(...rows.map((row) => ({ invariant, ...row })))
  }
  await ask('I1', assetsBalance)
  await ask('I1', unbalanced(newestTransactions(newest)))
  await ask('I1', pendingEqualsHolds)
  await ask('I6', availableNotNegative)
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const last = await lastOfPage(postgres, after, page)
    await ask('I1', countersEqualLastEntry(after, last))
    after = last
  }
  return violations
}

const BIGINT_MAX = '9223372036854775807'

/** Violations of one kind that are listed. */
const LISTED_MAX = 1_000

const assetsBalance = sql`
  select format('asset %s', asset) as subject,
    format('its accounts sum to %s, not to 0', sum(debits_posted - credits_posted)) as problem
  from ledger.accounts group by asset
  having sum(debits_posted - credits_posted) <> 0 order by asset`

const newestTransactions = (count: number) => sql`transaction.id in (
  select id from ledger.transactions order by recorded_xid desc, id desc limit ${count})`

/** The last account of the page behind `after`; none if it is the last page. */
async function lastOfPage(
  postgres: Postgres,
  after: string,
  page: number,
): Promise<string | undefined> {
  const [last] = await postgres.execute<{ id: string }>(sql`
    select id from ledger.accounts where id > ${after}::bigint
    order by id offset ${page - 1} limit 1`)
  return last?.id
}

const countersEqualLastEntry = (after: string, last: string | undefined) => sql`
  select ${accountSubject} as subject,
    format('counts %s entries and %s; its last entry is the %s. and says %s', account.version,
      account.debits_posted - account.credits_posted,
      coalesce(entry.account_version, 0), coalesce(entry.balance_after, 0)) as problem
  from ledger.accounts account
  left join lateral (
    select account_version, balance_after from ledger.entries
    where account_id = account.id order by account_version desc limit 1
  ) entry on true
  where account.id > ${after}::bigint
    and account.id <= ${last ?? BIGINT_MAX}::bigint
    and (account.version, account.debits_posted - account.credits_posted)
      <> (coalesce(entry.account_version, 0), coalesce(entry.balance_after, 0))
  order by account.id`
