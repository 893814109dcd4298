import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, eq } from 'drizzle-orm'
import { owners } from '../schema.ts'

/** Whether `id` is that of a merchant. */
export async function isMerchant(postgres: Postgres, id: string): Promise<boolean> {
  const found = await postgres
    .select({ id: owners.id })
    .from(owners)
    .where(and(eq(owners.id, id), eq(owners.kind, 'merchant')))
  return found.length > 0
}
