import { AppError } from '@coffer/errors/app-error'
import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { takeTime } from '@coffer/postgres/take-time'
import { crashPoint } from '@coffer/runtime/crash-point'
import { sql } from 'drizzle-orm'
import { IDS_OF_A_BATCH } from '../schema.ts'
import { expectAccounts, findLater } from './expected-accounts.ts'
import { SHADOW } from './shadow-tables.ts'
import { transactionsOutbox } from './transactions-outbox.ts'

/**
 * Fills the empty ledger with what the log says. The ledger's own rules look at every row of it. As
 * all of it comes out of the log, the relay has nothing of it to publish.
 */
export async function putShadowInPlace(postgres: Postgres): Promise<void> {
  try {
    await postgres.transaction(async (tx) => {
      await takeTime(tx)
      await tx.execute(sql`lock table ledger.accounts, ledger.transactions in exclusive mode`)
      await refuseWhatIsWrong(tx)
      await findLater(tx)
      await expectAccounts(tx)
      for (const step of STEPS) await tx.execute(sql.raw(step))
      await tx.execute(sql`
        insert into messaging.relays as relay (topic, source, transaction_id, outbox_id)
        select ${ACCOUNTING_EVENTS}, ${transactionsOutbox.source.name}, pg_current_xact_id(),
          coalesce(max(id), 0) from ledger.transactions
        on conflict (topic) do update
        set transaction_id = excluded.transaction_id, outbox_id = excluded.outbox_id
      `)
      crashPoint('rebuild.before-put-in-place')
    })
  } catch (error) {
    throw ruleBroken(error) ?? error
  }
  crashPoint('rebuild.after-put-in-place')
}

async function refuseWhatIsWrong(tx: Transaction): Promise<void> {
  for (const { query, expected } of REFUSALS) {
    const [found] = await tx.execute<{ problem: string }>(sql.raw(`${query} limit 1`))
    if (found) throw new RebuildRefusedError(found.problem, expected)
  }
}

const REFUSALS = [
  {
    query: `select 'the ledger is not empty' as problem
      where exists (select from ledger.accounts) or exists (select from ledger.transactions)`,
    expected: 'Compare it with the log instead, or prepare a database whose ledger is empty.',
  },
  {
    query: `select format('%s: %s', subject, problem) as problem from ${SHADOW}.problems
      order by message`,
    expected: 'Find out what the log lacks; nothing of it was put in place.',
  },
  {
    query: `select format('partition %s begins with offset %s', partition, begins) as problem
      from ${SHADOW}.partitions where begins > 0 order by partition`,
    expected: 'Find what was deleted of the log; nothing of it was put in place.',
  },
  {
    query: `select format('entry %s of account %s has balance %s; those before it make %s',
        account_version, account_id, balance_after, balance) as problem
      from (
        select account_id, account_version, balance_after, row_number() over running as place,
          sum(amount) over running as balance
        from ${SHADOW}.entries
        window running as (partition by account_id order by account_version)
      ) each
      where (account_version, balance_after) <> (place, balance)
      order by account_id, account_version`,
    expected: 'Find what the log lacks between them; nothing of it was put in place.',
  },
]

const STEPS = [
  `insert into ledger.accounts (id, owner, code, asset, shard, debits_posted, credits_posted,
      debits_pending, credits_pending, version, closed_version)
    overriding system value
    select abs(account.id), owner, code, asset, shard, coalesce(debits_posted, 0),
      coalesce(credits_posted, 0), coalesce(debits_pending, 0), coalesce(credits_pending, 0),
      coalesce(version, 0), closed_version
    from ${SHADOW}.accounts account
    left join ${SHADOW}.expected_accounts expected on expected.id = abs(account.id)
    order by abs(account.id)`,
  `insert into ledger.transactions (id, event_at, recorded_at, reference, code, owner, traceparent,
      phase, expires_at, resolves, reverses, closes)
    select id, event_at, recorded_at, reference, code, owner, traceparent, phase, expires_at,
      resolves_id, reverses_id, (select array_agg(abs(closed)) from unnest(closes) as closed)
    from ${SHADOW}.transactions order by id`,
  `insert into ledger.entries (account_id, account_version, transaction_id, amount, balance_after)
    select abs(account_id), account_version, transaction_id, amount, balance_after
    from ${SHADOW}.entries order by abs(account_id), account_version`,
  `insert into ledger.held_entries (hold_id, account_id, amount)
    select hold_id, abs(account_id), amount from ${SHADOW}.held_entries`,
  `insert into ledger.open_holds (hold_id, expires_at)
    select hold_id, expires_at from ${SHADOW}.expected_holds`,
  `select setval('ledger.accounts_id_seq', max(id)) from ledger.accounts
    having max(id) is not null`,
  // A batch takes one number and counts from there: the next is that of a batch after all these.
  `select setval('ledger.transactions_id_seq',
      (max(id) - 1) / ${IDS_OF_A_BATCH} * ${IDS_OF_A_BATCH} + 1)
    from ledger.transactions having max(id) is not null`,
]

/** Class 23 of PostgreSQL's errors: a rule of a table was broken. */
function ruleBroken(error: unknown): RebuildRefusedError | undefined {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (!(cause instanceof Error && 'code' in cause && `${cause.code}`.startsWith('23'))) return
  const detail = 'detail' in cause && cause.detail ? ` (${cause.detail})` : ''
  const expected = 'The log says what the ledger never books; nothing of it was put in place.'
  return new RebuildRefusedError(`${cause.message}${detail}`, expected)
}

/** What was rebuilt cannot become the ledger. */
export class RebuildRefusedError extends AppError {
  readonly code = 'LEDGER_REBUILD_REFUSED'

  constructor(problem: string, expected: string) {
    super(`The rebuilt ledger cannot be put in place: ${problem}. ${expected}`, { retry: 'never' })
  }
}
