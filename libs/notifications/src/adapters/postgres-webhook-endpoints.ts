import { randomUUID } from 'node:crypto'
import type { EventType } from '@coffer/events/catalogue'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type {
  DisabledReason,
  EndpointKey,
  NewEndpoint,
  Redrive,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpoints,
} from '../ports.ts'
import { notifications, webhookEndpoints } from '../schema.ts'
import type { SealedSecrets } from './sealed-secrets.ts'

/** So many endpoints an owner may have: each event goes to all of them. */
const ENDPOINTS_MAX = 20

export type PostgresWebhookEndpointsOptions = { postgres: Postgres; secrets: SealedSecrets }

/** {@link WebhookEndpoints} in PostgreSQL. */
export function postgresWebhookEndpoints(
  options: PostgresWebhookEndpointsOptions,
): WebhookEndpoints {
  const { postgres, secrets } = options
  const table = webhookEndpoints
  const update = async (key: EndpointKey, set: Parameters<typeof change>[2]) =>
    (await change(postgres, key, set)) > 0
  return {
    create: (endpoint) => create(options, endpoint),
    async list(owner) {
      const ofOwner = and(eq(table.owner, owner), isNull(table.deletedAt))
      const rows = await postgres.select().from(table).where(ofOwner).orderBy(table.id)
      return rows.map(endpointOf)
    },
    async find(key) {
      const [row] = await postgres.select().from(table).where(named(key))
      return row && endpointOf(row)
    },
    remove: (key) =>
      postgres.transaction(async (tx) => {
        if ((await change(tx, key, { deletedAt: sql`now()` })) === 0) return false
        const waits = and(
          eq(notifications.target, key.id),
          eq(notifications.way, 'webhook'),
          eq(notifications.state, 'waiting'),
        )
        await tx.delete(notifications).where(waits)
        return true
      }),
    rotate: (key, secret, overlapMs) =>
      update(key, {
        previousSecret: sql`${table.secret}`,
        previousUntil: sql`now() + make_interval(secs => ${overlapMs / 1_000})`,
        secret: secrets.seal(secret, key.id),
      }),
    enable: (key) =>
      postgres.transaction(async (tx) => {
        const fresh = { failures: 0, failingSince: null, restsUntil: null }
        const set = { ...fresh, disabledAt: null, disabledReason: null }
        if ((await change(tx, key, set)) === 0) return false
        await tx.execute(sql`
          update notifications.notifications set next_at = now(), attempts = 0
          where target = ${key.id} and way = 'webhook' and state = 'waiting'`)
        return true
      }),
    deliveries: (key, page) => deliveries(postgres, key, page),
    redrive: (key, what) => redrive(postgres, key, what),
  }
}

const named = ({ owner, id }: EndpointKey) =>
  and(
    eq(webhookEndpoints.id, id),
    eq(webhookEndpoints.owner, owner),
    isNull(webhookEndpoints.deletedAt),
  )

type Changes = {
  [Column in keyof typeof webhookEndpoints.$inferInsert]?:
    | (typeof webhookEndpoints.$inferInsert)[Column]
    | SQL
}

async function change(
  postgres: Pick<Postgres, 'update'>,
  key: EndpointKey,
  set: Changes,
): Promise<number> {
  const changed = postgres.update(webhookEndpoints).set(set).where(named(key))
  return (await changed.returning({ id: webhookEndpoints.id })).length
}

async function create(
  { postgres, secrets }: PostgresWebhookEndpointsOptions,
  { owner, url, types, secret }: NewEndpoint,
): Promise<WebhookEndpoint | undefined> {
  const id = randomUUID()
  return await postgres.transaction(async (tx) => {
    // Two that come at once are counted one after the other.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`endpoints ${owner}`}, 0))`,
    )
    const ofOwner = and(eq(webhookEndpoints.owner, owner), isNull(webhookEndpoints.deletedAt))
    if ((await tx.$count(webhookEndpoints, ofOwner)) >= ENDPOINTS_MAX) return undefined
    const values = {
      ...{ id, owner, url },
      types: types === null ? null : [...types],
      secret: secrets.seal(secret, id),
    }
    const [row] = await tx.insert(webhookEndpoints).values(values).returning()
    return row && endpointOf(row)
  })
}

function endpointOf(row: typeof webhookEndpoints.$inferSelect): WebhookEndpoint {
  const { id, owner, url, createdAt } = row
  return {
    ...{ id, owner, url, createdAt },
    types: row.types as EventType[] | null,
    failingSince: row.failingSince ?? undefined,
    disabledAt: row.disabledAt ?? undefined,
    disabledReason: (row.disabledReason as DisabledReason | null) ?? undefined,
  }
}

const ofEndpoint = ({ owner, id }: EndpointKey) =>
  and(
    eq(notifications.target, id),
    eq(notifications.recipient, owner),
    eq(notifications.way, 'webhook'),
  )

async function deliveries(
  postgres: Postgres,
  key: EndpointKey,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<WebhookDelivery[]> {
  const rows = await postgres
    .select()
    .from(notifications)
    .where(and(ofEndpoint(key), before === undefined ? undefined : lt(notifications.id, before)))
    .orderBy(desc(notifications.id))
    .limit(limit)
  return rows.map(({ state, nextAt, reason, endedAt, ...row }) => ({
    ...{
      id: row.id,
      eventId: row.eventId,
      attempts: row.attempts,
      createdAt: row.createdAt,
      state,
    },
    eventType: row.eventType as EventType,
    nextAt: state === 'waiting' ? nextAt : undefined,
    reason: reason ?? undefined,
    endedAt: endedAt ?? undefined,
  }))
}

async function redrive(postgres: Postgres, key: EndpointKey, what: Redrive): Promise<number> {
  const chosen =
    'delivery' in what
      ? sql`id = ${what.delivery}`
      : sql`created_at >= ${what.from.toISOString()}::timestamptz
          and (state = 'failed' or ${what.isSentToo})`
  const rows = await postgres.execute(sql`
    update notifications.notifications set
      state = 'waiting', ended_at = null, next_at = now(), attempts = 0,
      redrives = redrives + 1
    where target = ${key.id} and recipient = ${key.owner} and way = 'webhook'
      and state <> 'waiting' and ${chosen}
    returning id`)
  return rows.length
}
