import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { takeTime } from '@coffer/postgres/take-time'
import { sql } from 'drizzle-orm'
import type { LedgerComparison, LedgerDifference, LogProblem } from '../ports.ts'
import { DIFFERENCES, LISTED_MAX } from './differences.ts'
import { expectAccounts, findLater } from './expected-accounts.ts'
import { readWhole } from './read-whole.ts'
import { SHADOW } from './shadow-tables.ts'

/**
 * Compares the whole ledger, as it stands at one moment, with what the log says of it. It blocks
 * nobody; the ledger may go on meanwhile.
 */
export async function compareWithShadow(postgres: Postgres): Promise<LedgerComparison> {
  await postgres.transaction(adoptAccounts)
  return await postgres.transaction(
    async (tx) => {
      await readWhole(tx)
      await findLater(tx)
      await expectAccounts(tx)
      const differences: LedgerDifference[] = []
      let differencesCount = 0
      for (const query of DIFFERENCES) {
        const rows = await tx.execute<LedgerDifference & { count: string }>(sql.raw(query))
        differences.push(...rows.map(({ subject, problem }) => ({ subject, problem })))
        differencesCount += Number(rows[0]?.count ?? 0)
      }
      return { ...(await counts(tx)), differences, differencesCount, problems: await problems(tx) }
    },
    { isolationLevel: 'repeatable read' },
  )
}

/** Accounts that the log knew before the ledger did: they have its ids now. */
async function adoptAccounts(tx: Transaction): Promise<void> {
  await takeTime(tx)
  const adopted = await tx.execute(
    sql.raw(`create temp table adopted on commit drop as
      select account.id as before, live.id from ${SHADOW}.accounts account
      join ledger.accounts live using (owner, code, asset, shard)
      where account.id < 0 and account.id <> -live.id`),
  )
  const [found] = await tx.execute(sql`select from adopted limit 1`)
  if (adopted === undefined || found === undefined) return
  for (const column of ['accounts.id', 'entries.account_id', 'held_entries.account_id']) {
    const [table, name] = column.split('.')
    await tx.execute(
      sql.raw(`update ${SHADOW}.${table} set ${name} = adopted.id from adopted
        where ${column} = adopted.before`),
    )
  }
  await tx.execute(
    sql.raw(`update ${SHADOW}.transactions transaction set closes = (
        select array_agg(coalesce(adopted.id, closed.id))
        from unnest(transaction.closes) as closed (id)
        left join adopted on adopted.before = closed.id
      ) where closes is not null`),
  )
}

type Counts = Omit<LedgerComparison, 'differences' | 'differencesCount' | 'problems'>

async function counts(tx: Transaction): Promise<Counts> {
  const [row] = await tx.execute<{ [Name in keyof Counts]: string }>(
    sql.raw(`
    select (select count(*) from ${SHADOW}.transactions) as transactions,
      (select count(*) from ${SHADOW}.entries) as entries,
      (select count(*) from ${SHADOW}.expected_accounts) as accounts,
      (select repeats from ${SHADOW}.run) as repeats,
      (select count(*) from ${SHADOW}.later) as unpublished`),
  )
  return {
    transactions: Number(row?.transactions),
    entries: Number(row?.entries),
    accounts: Number(row?.accounts),
    repeats: Number(row?.repeats),
    unpublished: Number(row?.unpublished),
  }
}

const problems = (tx: Transaction) =>
  tx.execute<LogProblem>(
    sql.raw(`
    select message::text as place, subject, problem from (
      select (partition::bigint << 48) as message, format('partition %s', partition) as subject,
        format('the log has nothing before offset %s', begins) as problem
      from ${SHADOW}.partitions where begins > 0
      union all
      select message, subject, problem from ${SHADOW}.problems
    ) problem
    order by problem.message limit ${LISTED_MAX}`),
  )
