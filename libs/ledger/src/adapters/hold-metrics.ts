import type { Postgres } from '@coffer/postgres/open-postgres'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { Gauge } from 'prom-client'

/** Measures what is held, whenever Prometheus asks. */
export function measureHolds(registry: Metrics, postgres: Postgres): void {
  // With PostgreSQL away there is no figure; the other metrics are still told.
  const ask = askOnce(() => countHolds(postgres))
  const gauge = (name: string, figure: keyof Counts, help: string) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const counts = await ask()
        if (counts === undefined) this.remove()
        else this.set(counts[figure])
      },
    })
  gauge('coffer_ledger_open_holds', 'open', 'Holds that nothing ended, counted to 100,000.')
  gauge('coffer_ledger_overdue_holds', 'overdue', 'Of these, those whose time is over.')
}

type Counts = { open: number; overdue: number }

async function countHolds(postgres: Postgres): Promise<Counts | undefined> {
  const [counts] = await postgres.execute<Counts>(sql`
    select
      (select count(*)::int from (select from ledger.open_holds limit 100000) each) as open,
      (select count(*)::int from (
        select from ledger.open_holds where expires_at <= clock_timestamp() limit 100000
      ) each) as overdue
  `)
  return counts
}
