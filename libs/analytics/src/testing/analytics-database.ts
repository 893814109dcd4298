import { messagingMigrations } from '@coffer/messaging/migrations'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { analyticsMigrations } from '../migrations.ts'
import { type Sums, sumKey } from './memory-statistics.ts'

/** A database with the tables of analytics. */
export const analyticsDatabase = (): Promise<TestDatabase> =>
  testDatabase([messagingMigrations, analyticsMigrations], { connectionsMax: 8 })

/** What the totals say, without those that came to nothing. */
export async function storedSums(postgres: Postgres): Promise<Sums> {
  const rows = await postgres.execute<{
    hourMs: number
    measure: 'deposit.confirmed'
    asset: string
    chain: string
    channel: string
    merchant: string
    count: string
    amount: string
    fee: string
    tookMs: string
  }>(sql`
    select extract(epoch from hour)::float8 * 1000 as "hourMs", measure, asset, chain, channel,
      merchant, count, amount, fee, took_ms as "tookMs"
    from analytics.totals
    where (count, amount, fee, took_ms) <> (0, 0, 0, 0)
  `)
  return Object.fromEntries(
    rows.map(({ hourMs, count, amount, fee, tookMs, ...key }) => [
      sumKey({ ...key, hour: new Date(hourMs).toISOString() }),
      {
        count: Number(count),
        amount: BigInt(amount),
        fee: BigInt(fee),
        tookMs: BigInt(tookMs),
      },
    ]),
  )
}
