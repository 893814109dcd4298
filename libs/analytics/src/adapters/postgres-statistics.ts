import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { crashPoint } from '@coffer/runtime/crash-point'
import { sql } from 'drizzle-orm'
import type { Fact, Line, MerchantName, StoredLine } from '../domain/fact.ts'
import type { Statistics } from '../ports.ts'

/**
 * {@link Statistics} in PostgreSQL, in the tables of `schema`. A fact is what the inbox would be:
 * one row a noun says what was counted of it.
 */
export const postgresStatistics = (postgres: Postgres, schema = 'analytics'): Statistics => ({
  count: (facts, names) =>
    postgres.transaction(async (tx) => {
      await keepNames(tx, schema, names)
      const counted = await countFacts(tx, schema, facts)
      crashPoint('analytics.before-commit')
      return counted
    }),
})

/** The columns of a stored line, as `jsonb_to_recordset` wants them. */
export const LINE_COLUMNS = sql.raw(`measure text, hour timestamptz, asset text, chain text,
  channel text, merchant text, amount numeric, fee numeric, "tookMs" numeric`)

/**
 * Takes what the old lines of each noun had added, adds what the new ones do. Facts come first, by
 * name, and totals after them, by their key: so two batches that overlap wait, and never in a
 * circle.
 */
async function countFacts(
  tx: Transaction,
  schema: string,
  facts: readonly Fact[],
): Promise<number> {
  if (facts.length === 0) return 0
  const inSchema = sql.identifier(schema)
  const [row] = await tx.execute<{ counted: string }>(sql`
    with counted as (
      insert into ${inSchema}.facts as fact (noun, version, event_id, lines)
      select noun, version, event_id, lines
      from unnest(
        ${sql.param(facts.map(({ noun }) => noun))}::text[],
        ${sql.param(facts.map(({ version }) => version))}::bigint[],
        ${sql.param(facts.map(({ eventId }) => eventId))}::text[],
        ${sql.param(facts.map(({ lines }) => JSON.stringify(lines.map(storedLine))))}::jsonb[]
      ) as news (noun, version, event_id, lines)
      order by noun collate "C"
      on conflict (noun) do update
        set version = excluded.version, event_id = excluded.event_id, lines = excluded.lines,
          counted_at = now()
        where (fact.version, fact.event_id collate "C")
          < (excluded.version, excluded.event_id collate "C")
      returning old.lines as before, new.lines as after
    ), changes as (
      select 1 as sign, line.*
      from counted, jsonb_to_recordset(after) as line (${LINE_COLUMNS})
      union all
      select -1, line.*
      from counted, jsonb_to_recordset(coalesce(before, '[]')) as line (${LINE_COLUMNS})
    ), added as (
      insert into ${inSchema}.totals as total
        (hour, measure, asset, chain, channel, merchant, count, amount, fee, took_ms)
      select hour, measure, asset, chain, channel, merchant,
        sum(sign), sum(sign * amount), sum(sign * fee), sum(sign * "tookMs")
      from changes
      group by hour, measure, asset, chain, channel, merchant
      having sum(sign) <> 0 or sum(sign * amount) <> 0 or sum(sign * fee) <> 0
        or sum(sign * "tookMs") <> 0
      order by hour, measure, asset, chain, channel, merchant
      on conflict (hour, measure, asset, chain, channel, merchant) do update
        set count = total.count + excluded.count, amount = total.amount + excluded.amount,
          fee = total.fee + excluded.fee, took_ms = total.took_ms + excluded.took_ms
    )
    select count(*) as counted from counted
  `)
  return Number(row?.counted ?? 0)
}

const storedLine = (line: Line): StoredLine => ({
  ...line,
  amount: `${line.amount}`,
  fee: `${line.fee}`,
  tookMs: `${line.tookMs}`,
})

async function keepNames(
  tx: Transaction,
  schema: string,
  names: readonly MerchantName[],
): Promise<void> {
  const newest = new Map<string, MerchantName>()
  for (const each of names) {
    if ((newest.get(each.id)?.version ?? 0) < each.version) newest.set(each.id, each)
  }
  if (newest.size === 0) return
  const rows = [...newest.values()]
  await tx.execute(sql`
    insert into ${sql.identifier(schema)}.merchants as merchant (id, version, name)
    select id, version, name
    from unnest(
      ${sql.param(rows.map(({ id }) => id))}::text[],
      ${sql.param(rows.map(({ version }) => version))}::bigint[],
      ${sql.param(rows.map(({ name }) => name))}::text[]
    ) as news (id, version, name)
    order by id
    on conflict (id) do update set version = excluded.version, name = excluded.name
      where merchant.version < excluded.version
  `)
}
