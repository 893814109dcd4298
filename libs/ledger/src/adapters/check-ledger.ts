import type { Postgres } from '@coffer/postgres/open-postgres'
import { takeTime } from '@coffer/postgres/take-time'
import { type SQL, sql } from 'drizzle-orm'
import { NOT_NEGATIVE } from '../domain/chart-of-accounts.ts'

/** One thing that must be true of the ledger and is not. */
export type LedgerViolation = {
  /** I1: the books balance. I6: nobody has less than nothing. I10: what is sealed is unchanged. */
  invariant: 'I1' | 'I6' | 'I10'
  /** The account, transaction or asset that it was found in. */
  subject: string
  /** What differs, with both figures. */
  problem: string
}

/** Violations of one kind that are listed; one cause can break every account there is. */
const LISTED_MAX = 1_000

/**
 * Compares the whole ledger with itself, as it stood at one moment, and lists what does not agree.
 * It reads every entry and blocks nobody.
 */
export async function checkLedger(
  postgres: Postgres,
  onProgress: (done: number, of: number) => void = () => undefined,
): Promise<LedgerViolation[]> {
  return await postgres.transaction(
    async (tx) => {
      // A check of everything takes as long as it takes.
      await takeTime(tx)
      const violations: LedgerViolation[] = []
      for (const [done, { invariant, query }] of CHECKS.entries()) {
        onProgress(done, CHECKS.length)
        const rows = await tx.execute<{ subject: string; problem: string }>(
          sql`${query} limit ${LISTED_MAX}`,
        )
        violations.push(...rows.map((row) => ({ invariant, ...row })))
      }
      onProgress(CHECKS.length, CHECKS.length)
      return violations
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

/** What an account is called where something is wrong with it. */
export const accountSubject = sql.raw(
  `format('account %s: %s of %s in %s', account.id,
    account.code || coalesce('#' || nullif(account.shard, 0), ''), account.owner, account.asset)`,
)

const countersEqualEntries = sql`
  select ${accountSubject} as subject,
    format(
      'counts %s entries, debits %s, credits %s; its entries are %s, debits %s, credits %s',
      account.version, account.debits_posted, account.credits_posted,
      entry.version, entry.debits, entry.credits
    ) as problem
  from ledger.accounts account
  cross join lateral (
    select count(*) as version,
      coalesce(sum(amount) filter (where amount > 0), 0) as debits,
      coalesce(-sum(amount) filter (where amount < 0), 0) as credits
    from ledger.entries where account_id = account.id
  ) entry
  where (account.version, account.debits_posted, account.credits_posted)
    <> (entry.version, entry.debits, entry.credits)
  order by account.id`

const entriesRunOn = sql`
  select ${accountSubject} as subject,
    format(
      'its entry %s has version %s and balance %s; the entries before it make %s and %s',
      entry.place, entry.account_version, entry.balance_after, entry.place, entry.balance
    ) as problem
  from (
    select distinct on (account_id) * from (
      select account_id, account_version, balance_after,
        row_number() over running as place, sum(amount) over running as balance
      from ledger.entries
      window running as (partition by account_id order by account_version)
    ) each
    where (account_version, balance_after) <> (place, balance)
    order by account_id, account_version
  ) entry
  join ledger.accounts account on account.id = entry.account_id
  order by account.id`

/** Those of the rows `among` whose entries don't sum to zero, or that have some and should not. */
export const unbalanced = (among: SQL) => sql`
  select format('transaction %s: %s', transaction.id, transaction.reference) as subject,
    case when count(entry.amount) = 0 then 'it has no entries'
      when bool_or(not coalesce(transaction.phase, 'posted') = 'posted' or refusal is not null)
        then format('it books nothing, and has %s entries', count(*))
      else format('its entries in %s sum to %s, not to 0', account.asset, sum(entry.amount))
    end as problem
  from ledger.transactions transaction
  left join ledger.entries entry on entry.transaction_id = transaction.id
  left join ledger.accounts account on account.id = entry.account_id
  where ${among} and (entry.amount is not null or (transaction.refusal is null
    and transaction.closes is null and coalesce(transaction.phase, 'posted') = 'posted'))
  group by transaction.id, account.asset
  having sum(entry.amount) is distinct from 0
    or bool_or(not coalesce(transaction.phase, 'posted') = 'posted' or refusal is not null)
  order by transaction.id`

const assetsBalance = sql`
  select format('asset %s', account.asset) as subject,
    format('its entries sum to %s, not to 0', sum(entry.amount)) as problem
  from ledger.entries entry join ledger.accounts account on account.id = entry.account_id
  group by account.asset
  having sum(entry.amount) <> 0
  order by account.asset`

/** Accounts that count something else as pending than their open holds are. */
export const pendingEqualsHolds = sql`
  select ${accountSubject} as subject,
    format('counts pending debits %s, credits %s; its open holds are debits %s, credits %s',
      account.debits_pending, account.credits_pending,
      coalesce(held.debits, 0), coalesce(held.credits, 0)) as problem
  from ledger.accounts account
  left join (
    select account_id, coalesce(sum(amount) filter (where amount > 0), 0) as debits,
      coalesce(-sum(amount) filter (where amount < 0), 0) as credits
    from ledger.open_holds join ledger.held_entries using (hold_id)
    group by account_id
  ) held on held.account_id = account.id
  where (account.debits_pending, account.credits_pending)
    <> (coalesce(held.debits, 0), coalesce(held.credits, 0))
  order by account.id`

const holdsEndOnce = sql`
  select format('hold %s: %s', hold.id, hold.reference) as subject,
    case when ending.id is null then 'it is not open, and nothing resolved it'
      else format('it is open, and transaction %s resolved it', ending.id) end as problem
  from ledger.transactions hold
  left join ledger.open_holds on open_holds.hold_id = hold.id
  left join ledger.transactions ending on ending.resolves = hold.id
  where hold.phase = 'held' and (open_holds.hold_id is null) <> (ending.id is not null)
  order by hold.id`

/** Accounts that have less than nothing and may not. */
export const availableNotNegative = sql`
  select ${accountSubject} as subject,
    format('its available balance is %s',
      account.credits_posted - account.debits_posted - account.debits_pending) as problem
  from ledger.accounts account
  where account.code = any(${sql.param([...NOT_NEGATIVE])}::text[])
    and account.credits_posted - account.debits_posted - account.debits_pending < 0
  order by account.id`

/** What past balances are found by. */
const timesGrow = sql`
  select ${accountSubject} as subject,
    format('its entry %s is of transaction %s, recorded at %s; the one before it is of %s, at %s',
      entry.account_version, entry.id, entry.recorded_at, entry.id_before, entry.recorded_before
    ) as problem
  from (
    select distinct on (account_id) * from (
      select account_id, account_version, transaction.id, recorded_at,
        lag(transaction.id) over running as id_before,
        lag(recorded_at) over running as recorded_before
      from ledger.entries join ledger.transactions transaction on transaction.id = transaction_id
      window running as (partition by account_id order by account_version)
    ) each
    where recorded_at < recorded_before or id < id_before
    order by account_id, account_version
  ) entry
  join ledger.accounts account on account.id = entry.account_id
  order by account.id`

const CHECKS: readonly { invariant: LedgerViolation['invariant']; query: SQL }[] = [
  { invariant: 'I1', query: assetsBalance },
  { invariant: 'I1', query: unbalanced(sql`true`) },
  { invariant: 'I1', query: countersEqualEntries },
  { invariant: 'I1', query: entriesRunOn },
  { invariant: 'I1', query: timesGrow },
  { invariant: 'I1', query: pendingEqualsHolds },
  { invariant: 'I1', query: holdsEndOnce },
  { invariant: 'I6', query: availableNotNegative },
]
