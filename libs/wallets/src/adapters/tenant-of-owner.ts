import type { Postgres } from '@coffer/postgres/open-postgres'
import { eq } from 'drizzle-orm'
import { owners } from '../schema.ts'

/** The tenant of an owner; null is the platform's own, undefined nobody. It never changes. */
export async function tenantOfOwner(
  postgres: Postgres,
  id: string,
): Promise<string | null | undefined> {
  const found = await postgres
    .select({ tenant: owners.tenant })
    .from(owners)
    .where(eq(owners.id, id))
  return found[0]?.tenant
}
