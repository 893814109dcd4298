import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import type { Measure } from '../domain/fact.ts'
import type { StatisticsReader, TotalsRequest } from '../ports.ts'

/** {@link StatisticsReader} of PostgreSQL. A day is its hours, added up. */
export const postgresStatisticsReader = (
  postgres: Pick<Postgres, 'execute'>,
): StatisticsReader => ({
  async totals(request, granularity) {
    const rows = await postgres.execute<{
      startMs: number
      asset: string
      measure: Measure
      count: string
      amount: string
      fee: string
      tookMs: string
    }>(sql`
      select
        extract(epoch from date_trunc(${granularity}, hour, 'UTC'))::float8 * 1000 as "startMs",
        asset, measure, sum(count) as count, sum(amount) as amount, sum(fee) as fee,
        sum(took_ms) as "tookMs"
      from analytics.totals
      where ${isAsked(request)}
      group by 1, 2, 3
      having sum(count) <> 0
      order by 1, 2, 3
    `)
    return rows.map(({ startMs, count, amount, fee, tookMs, ...row }) => ({
      ...row,
      start: new Date(startMs),
      count: Number(count),
      amount: BigInt(amount),
      fee: BigInt(fee),
      tookMs: BigInt(tookMs),
    }))
  },

  async topMerchants(request, limit) {
    const rows = await postgres.execute<{
      merchant: string
      name: string | null
      count: string
      amount: string
      fee: string
    }>(sql`
      select total.merchant, merchant.name, total.count, total.amount, total.fee
      from (
        select merchant, sum(count) as count, sum(amount) as amount, sum(fee) as fee
        from analytics.totals
        where measure = 'payment.succeeded' and ${isAsked(request)}
        group by merchant
        having sum(count) > 0
        order by sum(amount) desc, merchant
        limit ${limit}
      ) total
      left join analytics.merchants merchant on merchant.id = total.merchant
      order by total.amount desc, total.merchant
    `)
    return rows.map(({ merchant, name, count, amount, fee }) => ({
      merchant,
      name: name ?? undefined,
      count: Number(count),
      amount: BigInt(amount),
      fee: BigInt(fee),
    }))
  },
})

function isAsked({ from, to, tenant, ...dimensions }: TotalsRequest): SQL {
  const conditions = [
    sql`hour >= date_trunc('hour', ${from.toISOString()}::timestamptz)`,
    sql`hour < ${to.toISOString()}::timestamptz`,
  ]
  if (tenant !== undefined) {
    conditions.push(sql`merchant in (
      select id::text from wallets.owners
      where kind = 'merchant' and owners.tenant = ${tenant}::uuid)`)
  }
  for (const dimension of ['asset', 'merchant', 'chain', 'channel'] as const) {
    const value = dimensions[dimension]
    if (value !== undefined) conditions.push(sql`${sql.identifier(dimension)} = ${value}`)
  }
  return sql.join(conditions, sql` and `)
}
