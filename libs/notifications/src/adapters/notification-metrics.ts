import type { Postgres } from '@coffer/postgres/open-postgres'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { Counter, Gauge } from 'prom-client'
import type { Way } from '../domain/notification.ts'
import type { Outcome } from '../ports.ts'

/** Counts what came of attempts to tell somebody. */
export function countNotifications(registry: Metrics): (way: Way, outcome: Outcome['as']) => void {
  const counter = new Counter({
    name: 'coffer_notifications_total',
    help: 'Attempts to tell somebody: sent, later (it is tried again), or failed (it is not).',
    labelNames: ['way', 'outcome'],
    registers: [registry],
  })
  return (way, outcome) => counter.inc({ way, outcome })
}

/** Measures what waits to be told, and where nothing is sent any more. */
export function measureNotifications(registry: Metrics, postgres: Postgres): void {
  const waiting = askOnce(() => overdue(postgres))
  const registers = [registry]
  const labelNames = ['way'] as const
  new Gauge({
    name: 'coffer_notifications_overdue_seconds',
    help: 'For how long the notification has been due that has been due longest.',
    labelNames,
    registers,
    async collect() {
      const told = await waiting()
      this.reset()
      for (const { way, seconds } of told ?? []) this.set({ way }, Number(seconds))
    },
  })
  const endpoints = askOnce(() => endpointFigures(postgres))
  const gauge = (name: string, figure: keyof EndpointFigures, help: string) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const figures = await endpoints()
        if (figures === undefined) this.remove()
        else this.set(Number(figures[figure]))
      },
    })
  gauge(
    'coffer_webhook_endpoints_disabled',
    'disabled',
    'Endpoints that nothing is sent to until their owner enables them.',
  )
  gauge(
    'coffer_webhook_failing_seconds',
    'failing_seconds',
    'For how long the endpoint has taken nothing that has failed for the longest time.',
  )
}

/** What waits for an endpoint that rests or is disabled is not late by our fault. */
const overdue = (postgres: Postgres) =>
  postgres.execute<{ way: Way; seconds: string }>(sql`
    select way.way, coalesce(extract(epoch from now() - min(waiting.next_at)), 0) as seconds
    from (values ('email'), ('webhook')) as way (way)
    left join notifications.notifications as waiting
      on waiting.way = way.way and waiting.state = 'waiting' and waiting.next_at < now()
      and not exists (
        select from notifications.webhook_endpoints as endpoint
        where waiting.way = 'webhook' and endpoint.id::text = waiting.target
          and (endpoint.disabled_at is not null or endpoint.rests_until > now()))
    group by way.way`)

type EndpointFigures = { disabled: number; failing_seconds: string }

async function endpointFigures(postgres: Postgres): Promise<EndpointFigures | undefined> {
  const [row] = await postgres.execute<EndpointFigures>(sql`
    select count(disabled_at)::int as disabled, coalesce(extract(epoch from now() - min(
      failing_since) filter (where disabled_at is null)), 0) as failing_seconds
    from notifications.webhook_endpoints where deleted_at is null`)
  return row
}
