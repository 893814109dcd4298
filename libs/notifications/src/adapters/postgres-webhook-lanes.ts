import { randomUUID } from 'node:crypto'
import type { EventType } from '@coffer/events/catalogue'
import type { Job } from '@coffer/jobs/ports'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Lane, Taken, WebhookLanes } from '../ports.ts'
import { disableEndpoint } from './disable-endpoint.ts'
import type { SealedSecrets } from './sealed-secrets.ts'
import { settleNotification } from './settle-notification.ts'

export type PostgresWebhookLanesOptions = { postgres: Postgres; secrets: SealedSecrets }

/** {@link WebhookLanes} in PostgreSQL, whose time alone says what is due and who has it. */
export function postgresWebhookLanes({
  postgres,
  secrets,
}: PostgresWebhookLanesOptions): WebhookLanes & {
  due(until: Date, limit: number): Promise<Job[]>
} {
  return {
    open: (endpointId, leaseMs) => open({ postgres, secrets }, endpointId, leaseMs),
    next: (lane, leaseMs) => next(postgres, lane, leaseMs),
    settle: (lane, taken, { outcome, health }) =>
      postgres.transaction(async (tx) => {
        if (!(await settleNotification(tx, taken, outcome))) return undefined
        if (health.as === 'gone') return await disableEndpoint(tx, lane, 'gone')
        const isFailing = health.as === 'failing'
        const rest = sql`now() + make_interval(secs => ${isFailing ? health.restMs / 1_000 : 0})`
        const disableSeconds = isFailing ? health.disableAfterMs / 1_000 : 0
        const [endpoint] = await tx.execute<{ is_over: boolean }>(sql`
          update notifications.webhook_endpoints set
            failures = ${isFailing ? sql`failures + 1` : sql`0`},
            failing_since = ${isFailing ? sql`coalesce(failing_since, now())` : sql`null`},
            rests_until = ${isFailing ? rest : sql`null`}
          where id = ${lane.endpointId}
          returning failing_since <= now() - make_interval(secs => ${disableSeconds}) as is_over`)
        if (!isFailing || !endpoint?.is_over) return undefined
        return await disableEndpoint(tx, lane, 'failing')
      }),
    close: (lane) => close(postgres, lane),
    async due(until, limit) {
      const rows = await postgres.execute<{ id: string; due_ms: string }>(sql`
        select endpoint.id, (extract(epoch from greatest(min(waiting.next_at),
          endpoint.rests_until, endpoint.lease_until)) * 1000)::bigint as due_ms
        from notifications.notifications as waiting
        join notifications.webhook_endpoints as endpoint on endpoint.id::text = waiting.target
        where waiting.state = 'waiting' and waiting.way = 'webhook'
          and waiting.next_at < ${until.toISOString()}::timestamptz and ${IS_OPEN}
        group by endpoint.id
        order by due_ms, endpoint.id
        limit ${limit}`)
      return rows.map(({ id, due_ms }) => ({ id, dueAt: new Date(Number(due_ms)) }))
    },
  }
}

const IS_OPEN = sql.raw('endpoint.disabled_at is null and endpoint.deleted_at is null')

/** A worker's clock may be a little ahead of the database's; its job is not lost by that. */
const AHEAD = sql.raw(`interval '250 milliseconds'`)

type EndpointRow = {
  url: string
  secret: Buffer
  previous_secret: Buffer | null
  failures: number
}

async function open(
  { postgres, secrets }: PostgresWebhookLanesOptions,
  endpointId: string,
  leaseMs: number,
): Promise<Lane | undefined> {
  const holder = randomUUID()
  const [row] = await postgres.execute<EndpointRow>(sql`
    update notifications.webhook_endpoints as endpoint set
      holder = ${holder}, lease_until = now() + make_interval(secs => ${leaseMs / 1_000})
    where id = ${endpointId} and ${IS_OPEN}
      and (lease_until is null or lease_until < now())
      and (rests_until is null or rests_until <= now() + ${AHEAD})
    returning url, secret, failures,
      case when previous_until > now() then previous_secret end as previous_secret`)
  if (row === undefined) return undefined
  const { url, failures, secret, previous_secret: previous } = row
  const sealed = previous === null ? [secret] : [secret, previous]
  return {
    ...{ endpointId, holder, url, failures },
    secrets: sealed.map((each) => secrets.open(each, endpointId)),
  }
}

type Row = {
  id: string
  attempts: number
  event_id: string
  event_type: EventType
  event_time: string
  event_data: string
  recipient: string
}

async function next(
  postgres: Postgres,
  { endpointId, holder }: Lane,
  leaseMs: number,
): Promise<Taken | undefined> {
  const lease = sql`now() + make_interval(secs => ${leaseMs / 1_000})`
  const [row] = await postgres.execute<Row>(sql`
    with lane as (
      update notifications.webhook_endpoints as endpoint set lease_until = ${lease}
      where id = ${endpointId} and holder = ${holder} and ${IS_OPEN}
      returning id
    ), oldest as (
      select waiting.id from notifications.notifications as waiting, lane
      where waiting.target = lane.id::text and waiting.way = 'webhook'
        and waiting.state = 'waiting' and waiting.next_at <= now() + ${AHEAD}
      order by waiting.id
      limit 1
    )
    update notifications.notifications as taken set
      holder = ${holder}, lease_until = ${lease}, attempts = taken.attempts + 1
    from oldest where taken.id = oldest.id
    returning taken.id, taken.attempts, event_id, event_type, event_time, event_data, recipient`)
  if (row === undefined) return undefined
  const { id, attempts: attempt, event_id: eventId, event_type: eventType, recipient } = row
  const eventTime = new Date(row.event_time).toISOString()
  return {
    id,
    attempt,
    holder,
    eventId,
    eventType,
    eventTime,
    eventData: row.event_data,
    recipient,
  }
}

async function close(
  postgres: Postgres,
  { endpointId, holder }: Lane,
): Promise<number | undefined> {
  await postgres.execute(sql`
    update notifications.webhook_endpoints set holder = null, lease_until = null
    where id = ${endpointId} and holder = ${holder}`)
  // Looked at after the lane was given back: whoever added since has found it taken.
  const [row] = await postgres.execute<{ in_ms: string | null }>(sql`
    select (extract(epoch from
      greatest(min(waiting.next_at), endpoint.rests_until) - now()) * 1000)::bigint as in_ms
    from notifications.notifications as waiting
    join notifications.webhook_endpoints as endpoint on endpoint.id::text = waiting.target
    where waiting.target = ${endpointId} and waiting.way = 'webhook'
      and waiting.state = 'waiting' and ${IS_OPEN}
    group by endpoint.id`)
  return row?.in_ms == null ? undefined : Math.max(0, Number(row.in_ms))
}
