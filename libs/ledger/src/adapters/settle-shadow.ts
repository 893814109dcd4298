import type { Transaction } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import { readWhole } from './read-whole.ts'
import { SHADOW } from './shadow-tables.ts'

/** Drops what the log says twice, and looks up which transactions others are about. */
export async function settleShadow(tx: Transaction): Promise<void> {
  const run = await tx.execute(shadow`select from ${SHADOW}.run where settled_at is null`)
  if (run.length === 0) return
  await readWhole(tx)
  for (const step of STEPS) await tx.execute(step)
}

/** SQL in which `${SHADOW}` stands for the schema. */
const shadow = (text: TemplateStringsArray, ...names: string[]): SQL =>
  sql.raw(String.raw({ raw: text }, ...names))

const STEPS: readonly SQL[] = [
  shadow`analyze ${SHADOW}.transactions, ${SHADOW}.entries, ${SHADOW}.accounts`,
  shadow`create unlogged table ${SHADOW}.repeated as
    select id, min(message) as first, count(*) - 1 as repeats
    from ${SHADOW}.transactions group by id having count(*) > 1`,
  // A relay that is killed publishes the same once more. Anything else under the same id is wrong.
  shadow`with entry as (
      select message, string_agg(
        format('%s %s %s %s', account_id, account_version, amount, balance_after), ','
        order by account_id, account_version) as text
      from ${SHADOW}.entries
      where transaction_id in (select id from ${SHADOW}.repeated) group by message
    ), held as (
      select message,
        string_agg(format('%s %s', account_id, amount), ',' order by account_id) as text
      from ${SHADOW}.held_entries
      where hold_id in (select id from ${SHADOW}.repeated) group by message
    ), copy as (
      select transaction.id, transaction.message, transaction.reference, transaction.message
          = repeated.first as is_first,
        row(event_at, recorded_at, reference, code, owner, phase, expires_at, resolves, reverses,
          closes, entry.text, held.text)::text as contents
      from ${SHADOW}.transactions transaction
      join ${SHADOW}.repeated on repeated.id = transaction.id
      left join entry on entry.message = transaction.message
      left join held on held.message = transaction.message
    )
    insert into ${SHADOW}.problems
    select copy.message, format('transaction %s: %s', copy.id, first.reference),
      format('the log has it twice, and differently: also as %s', copy.reference)
    from copy join copy first on first.id = copy.id and first.is_first
    where copy.contents <> first.contents`,
  ...['transactions.id', 'entries.transaction_id', 'held_entries.hold_id'].map((column) => {
    const [table = ''] = column.split('.')
    return shadow`delete from ${SHADOW}.${table} using ${SHADOW}.repeated
      where ${column} = repeated.id and ${table}.message > repeated.first`
  }),
  shadow`update ${SHADOW}.run
    set repeats = (select coalesce(sum(repeats), 0) from ${SHADOW}.repeated)`,
  ...['resolves', 'reverses'].flatMap((relation) => [
    shadow`update ${SHADOW}.transactions transaction set ${relation}_id = other.id
      from ${SHADOW}.transactions other
      where transaction.${relation} is not null and other.reference = transaction.${relation}`,
    shadow`insert into ${SHADOW}.problems
      select message, format('transaction %s: %s', id, reference),
        format('it ${relation} %s, which the log does not have', ${relation})
      from ${SHADOW}.transactions where ${relation} is not null and ${relation}_id is null`,
  ]),
  shadow`update ${SHADOW}.run set settled_at = clock_timestamp()`,
]
