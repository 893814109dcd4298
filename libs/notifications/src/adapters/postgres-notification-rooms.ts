import { claimNew } from '@coffer/messaging/inbox'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { crashPoint } from '@coffer/runtime/crash-point'
import { and, inArray, isNull, sql } from 'drizzle-orm'
import { type Audience, NO_ADDRESS } from '../domain/notification.ts'
import type { MerchantFacts, NotificationRoom, NotificationRooms } from '../ports.ts'
import { recipients, webhookEndpoints } from '../schema.ts'
import { addNotifications } from './add-notifications.ts'

/** {@link NotificationRooms} in PostgreSQL. A batch takes the same few statements. */
export const postgresNotificationRooms =
  (postgres: Postgres): NotificationRooms =>
  async (work) => {
    const result = await postgres.transaction(async (tx) => {
      const done = await work(roomOf(tx))
      crashPoint('notifications.before-commit')
      return done
    })
    crashPoint('notifications.after-commit')
    return result
  }

const roomOf = (tx: Transaction): NotificationRoom => ({
  claim: (consumer, eventIds) => claimNew(tx, consumer, eventIds),
  writeMerchants: (facts) => writeMerchants(tx, facts),
  audiences: (ids) => audiences(tx, ids),
  add: (notifications) => addNotifications(tx, notifications),
})

async function writeMerchants(tx: Transaction, facts: readonly MerchantFacts[]): Promise<void> {
  const latest = new Map<string, MerchantFacts>()
  for (const each of facts) {
    if (each.version >= (latest.get(each.merchantId)?.version ?? 0))
      latest.set(each.merchantId, each)
  }
  if (latest.size === 0) return
  const rows = [...latest.values()].map(({ merchantId: id, name, email, locale, version }) => ({
    id,
    name,
    toldEmail: email,
    toldLocale: locale,
    version,
  }))
  await tx
    .insert(recipients)
    .values(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    .onConflictDoUpdate({
      target: recipients.id,
      set: {
        name: sql`excluded.name`,
        toldEmail: sql`excluded.told_email`,
        toldLocale: sql`excluded.told_locale`,
        version: sql`excluded.version`,
      },
      setWhere: sql`recipients.version < excluded.version`,
    })
  // What was made before anything was known of them waits for nothing else.
  const ids = sql.param(rows.map(({ id }) => id))
  await tx.execute(sql`
    update notifications.notifications set next_at = now()
    where target = any(${ids}::text[]) and way = 'email' and state = 'waiting'
      and reason = ${NO_ADDRESS} and holder is null`)
}

async function audiences(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Audience>> {
  if (ids.length === 0) return new Map()
  const readers = await tx
    .select({
      id: recipients.id,
      isTold: sql<boolean>`${recipients.version} > 0`,
      isReachable: sql<boolean>`coalesce(${recipients.email}, ${recipients.toldEmail}) is not null`,
      muted: recipients.muted,
    })
    .from(recipients)
    .where(inArray(recipients.id, [...ids]))
  const endpoints = await tx
    .select({
      id: webhookEndpoints.id,
      owner: webhookEndpoints.owner,
      types: webhookEndpoints.types,
    })
    .from(webhookEndpoints)
    .where(and(inArray(webhookEndpoints.owner, [...ids]), isNull(webhookEndpoints.deletedAt)))
  const byOwner = Map.groupBy(endpoints, ({ owner }) => owner)
  const byReader = new Map(readers.map(({ id, ...email }) => [id, email]))
  const known = new Set([...byOwner.keys(), ...byReader.keys()])
  return new Map(
    [...known].map((id) => [id, { email: byReader.get(id), endpoints: byOwner.get(id) ?? [] }]),
  )
}
