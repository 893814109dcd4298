import type { Postgres } from '@coffer/postgres/open-postgres'
import { asc, inArray } from 'drizzle-orm'
import { notifications } from '../schema.ts'

/** Who was told of an event, and when: without where to, which is nobody else's business. */
export type ToldOf = Pick<
  typeof notifications.$inferSelect,
  'id' | 'eventType' | 'way' | 'state' | 'attempts' | 'createdAt' | 'endedAt'
>

/** The notifications of `eventIds`, the oldest first. */
export async function toldOf(postgres: Postgres, eventIds: readonly string[]): Promise<ToldOf[]> {
  const { id, eventId, eventType, way, state, attempts, createdAt, endedAt } = notifications
  return await postgres
    .select({ id, eventType, way, state, attempts, createdAt, endedAt })
    .from(notifications)
    .where(inArray(eventId, [...eventIds]))
    .orderBy(asc(id))
}
