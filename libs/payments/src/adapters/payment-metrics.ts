import type { Postgres } from '@coffer/postgres/open-postgres'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { Gauge } from 'prom-client'

/** Measures for Prometheus what of payments waits for somebody. */
export function measurePayments(registry: Metrics, postgres: Postgres): void {
  const asked = askOnce(() => figuresOf(postgres))
  const gauge = (name: string, figure: keyof Figures, help: string) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const figures = await asked()
        if (figures === undefined) this.remove()
        else this.set(Number(figures[figure]))
      },
    })
  gauge(
    'coffer_refunds_waiting_seconds',
    'refund_seconds',
    'How long the refund has waited that was granted first and has not ended.',
  )
}

type Figures = { refund_seconds: string }

async function figuresOf(postgres: Postgres): Promise<Figures | undefined> {
  const [row] = await postgres.execute<Figures>(sql`
    select coalesce(extract(epoch from now() - min(created_at)), 0) as refund_seconds
    from payments.refunds where ended_at is null`)
  return row
}
