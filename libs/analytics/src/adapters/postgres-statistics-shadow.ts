import type { Postgres } from '@coffer/postgres/open-postgres'
import { takeTime } from '@coffer/postgres/take-time'
import { sql } from 'drizzle-orm'
import type { StatisticsDifference, StatisticsShadow } from '../ports.ts'
import { LINE_COLUMNS, postgresStatistics } from './postgres-statistics.ts'

const SCHEMA = 'analytics_rebuild'
const DIFFERENCES_MAX = 1_000

/** {@link StatisticsShadow} in tables of a schema of its own. */
export function postgresStatisticsShadow(postgres: Postgres): StatisticsShadow {
  const drop = () => postgres.execute(sql.raw(`drop schema if exists ${SCHEMA} cascade`))
  let beganAt = ''
  return {
    async begin() {
      await drop()
      await postgres.execute(sql.raw(`create schema ${SCHEMA}`))
      for (const table of ['facts', 'totals', 'merchants']) {
        const like = `(like analytics.${table} including all)`
        await postgres.execute(sql.raw(`create table ${SCHEMA}.${table} ${like}`))
      }
      const [row] = await postgres.execute<{ now: string }>(sql`select now()::text as now`)
      beganAt = row?.now ?? ''
    },

    statistics: postgresStatistics(postgres, SCHEMA),

    compare: () =>
      postgres.transaction(
        async (tx) => {
          await takeTime(tx)
          const [row] = await tx.execute<{ nouns: string }>(
            sql.raw(`select count(*) as nouns from ${SCHEMA}.facts`),
          )
          const differences: StatisticsDifference[] = []
          for (const query of [factsDiffer(beganAt), totalsDiffer]) {
            differences.push(
              ...(await tx.execute<StatisticsDifference>(sql`${query} limit ${DIFFERENCES_MAX}`)),
            )
          }
          return { nouns: Number(row?.nouns ?? 0), differences }
        },
        { isolationLevel: 'repeatable read', accessMode: 'read only' },
      ),

    end: async () => {
      await drop()
    },
  }
}

/** What came after the log was read is newer in use, or not in the log's part that was read. */
const factsDiffer = (beganAt: string) => sql`
  select coalesce(fact.noun, rebuilt.noun) as subject,
    case
      when fact.noun is null then 'it is in the log, and not counted'
      when rebuilt.noun is null then 'it is counted, and not in the log'
      when fact.version = rebuilt.version and fact.event_id = rebuilt.event_id
        then 'it is counted otherwise than its event says'
      else format('version %s is counted, and the log has %s', fact.version, rebuilt.version)
    end as problem
  from analytics.facts fact
  full join ${sql.identifier(SCHEMA)}.facts rebuilt on rebuilt.noun = fact.noun
  where case
    when fact.noun is null then true
    when rebuilt.noun is null then fact.counted_at < ${beganAt}::timestamptz
    when fact.version = rebuilt.version and fact.event_id = rebuilt.event_id
      then fact.lines <> rebuilt.lines
    else (fact.version, fact.event_id collate "C")
      < (rebuilt.version, rebuilt.event_id collate "C")
  end
  order by 1`

const totalsDiffer = sql`
  select format('total of %s at %s in %s', measure, hour, coalesce(nullif(asset, ''), 'no asset'))
      as subject,
    format('it says %s of %s; the facts come to %s of %s', coalesce(total.count, 0),
      coalesce(total.amount, 0), coalesce(sum.count, 0), coalesce(sum.amount, 0)) as problem
  from analytics.totals total
  full join (
    select hour, measure, asset, chain, channel, merchant, count(*) as count,
      sum(amount) as amount, sum(fee) as fee, sum("tookMs") as took_ms
    from analytics.facts, jsonb_to_recordset(lines) as line (${LINE_COLUMNS})
    group by hour, measure, asset, chain, channel, merchant
  ) sum using (hour, measure, asset, chain, channel, merchant)
  where (coalesce(total.count, 0), coalesce(total.amount, 0), coalesce(total.fee, 0),
      coalesce(total.took_ms, 0))
    <> (coalesce(sum.count, 0), coalesce(sum.amount, 0), coalesce(sum.fee, 0),
      coalesce(sum.took_ms, 0))
  order by hour, measure, asset`
