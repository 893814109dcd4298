import type { Postgres } from '@coffer/postgres/open-postgres'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { Gauge } from 'prom-client'

export type SealLag = {
  /** Transactions without a seal; counted to 100,000 and no further. */
  transactions: number
  /** Age of the one that was booked first, seconds; 0 when there is none. */
  oldestAgeSeconds: number
}

/** What was booked and is not sealed so far. */
export async function sealLag(postgres: Postgres): Promise<SealLag> {
  const unsealed = sql.raw(`
    from ledger.transactions transaction
    where (recorded_xid, id) > (last.xid, last.id)
      and recorded_xid < pg_snapshot_xmax(pg_current_snapshot())`)
  const [lag] = await postgres.execute<SealLag>(sql`
    with last as (
      select coalesce(max(through_xid), '0') as xid, coalesce(max(through_id), 0) as id
      from (select through_xid, through_id from ledger.seals order by number desc limit 1) newest
    )
    select counted.transactions,
      coalesce(extract(epoch from clock_timestamp() - oldest.recorded_at), 0)::float8
        as "oldestAgeSeconds"
    from last
    cross join lateral (
      select count(*)::int as transactions from (select ${unsealed} limit 100000) each
    ) counted
    left join lateral (
      select recorded_at ${unsealed} order by recorded_xid, id limit 1
    ) oldest on true
  `)
  return lag ?? { transactions: 0, oldestAgeSeconds: 0 }
}

/** Measures {@link sealLag} whenever Prometheus asks. Call it once for each registry. */
export function measureSeals(registry: Metrics, postgres: Postgres): void {
  const registers = [registry]
  const ask = askOnce(() => sealLag(postgres))
  new Gauge({
    name: 'coffer_ledger_unsealed_oldest_seconds',
    help: 'Age of the transaction that has waited longest for its seal.',
    registers,
    async collect() {
      const lag = await ask()
      if (lag) this.set(lag.oldestAgeSeconds)
    },
  })
  new Gauge({
    name: 'coffer_ledger_unsealed_transactions',
    help: 'Transactions that are not sealed so far, counted to 100,000.',
    registers,
    async collect() {
      const lag = await ask()
      if (lag) this.set(lag.transactions)
    },
  })
}
