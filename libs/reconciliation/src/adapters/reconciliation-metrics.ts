import type { Postgres } from '@coffer/postgres/open-postgres'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { Gauge } from 'prom-client'

/** Differences that are open, by kind. */
export const openDifferences = (postgres: Postgres) =>
  postgres.execute<{ kind: string; count: number }>(sql`
    select kind, count(*)::int as count from reconciliation.differences
    where status = 'open' group by kind`)

/** How long ago the last run of each place that ended well began, seconds. */
export const runAges = (postgres: Postgres) =>
  postgres.execute<{ scope: string; place: string; seconds: number }>(sql`
    select scope, place,
      extract(epoch from clock_timestamp() - max(started_at))::float8 as seconds
    from reconciliation.runs where status = 'done' group by scope, place`)

/** How long what we booked has waited for a statement, of each channel, seconds. */
export const statementAges = (postgres: Postgres) =>
  postgres.execute<{ channel: string; seconds: number }>(sql`
    select channel,
      extract(epoch from clock_timestamp() - min(moved_at))::float8 as seconds
    from reconciliation.channel_groups join reconciliation.channel_bookings
      using (channel, kind, reference)
    where outcome = 'waiting' group by channel`)

/** Measures what does not agree, whenever Prometheus asks. Call it once for each registry. */
export function measureReconciliation(registry: Metrics, postgres: Postgres): void {
  const registers = [registry]
  const differences = askOnce(async () => await openDifferences(postgres))
  const ages = askOnce(async () => await runAges(postgres))
  const waiting = askOnce(async () => await statementAges(postgres))
  new Gauge({
    name: 'coffer_reconciliation_differences',
    help: 'What our books and others do not agree on and nobody has settled, by kind.',
    labelNames: ['kind'] as const,
    registers,
    async collect() {
      // With PostgreSQL away there is no figure; the other metrics are still told.
      const counts = await differences()
      this.reset()
      for (const { kind, count } of counts ?? []) this.set({ kind }, count)
    },
  })
  new Gauge({
    name: 'coffer_reconciliation_run_age_seconds',
    help: 'How long ago the last run that ended well began.',
    labelNames: ['scope', 'place'] as const,
    registers,
    async collect() {
      const told = await ages()
      this.reset()
      for (const { scope, place, seconds } of told ?? []) this.set({ scope, place }, seconds)
    },
  })
  new Gauge({
    name: 'coffer_reconciliation_statement_wait_seconds',
    help: 'How long what we booked has waited for a statement to tell of it.',
    labelNames: ['channel'] as const,
    registers,
    async collect() {
      const told = await waiting()
      this.reset()
      for (const { channel, seconds } of told ?? []) this.set({ channel }, seconds)
    },
  })
}
