import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { tenantKey } from '../schema.ts'

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'

/**
 * The ids of owners by what callers of `tenant` call them; without those that name nobody of it.
 * The platform, null, calls everybody by their id, and its own by their names. A UUID that is one
 * owner's id and another's external id names the first.
 */
export async function ownerIds(
  tx: Transaction | Postgres,
  references: readonly string[],
  tenant: string | null,
): Promise<Map<string, string>> {
  const rows = await tx.execute<{ reference: string; id: string }>(sql`
    select reference, coalesce(named.id, called.id) as id
    from unnest(${sql.param(references)}::text[]) as reference
    left join wallets.owners as named
      on named.id = case when reference ~* ${UUID} then reference::uuid end
      and (${tenant}::uuid is null or named.tenant = ${tenant}::uuid)
    left join wallets.owners as called on called.external_id = reference
      and ${tenantKey(sql`called.tenant`)} = ${tenantKey(sql`${tenant}::uuid`)}
    where coalesce(named.id, called.id) is not null`)
  return new Map(rows.map(({ reference, id }) => [reference, id]))
}

/** Makes an owner of `tenant` for each external id that has none yet. */
export async function createOwners(
  tx: Transaction,
  externalIds: readonly string[],
  tenant: string | null,
): Promise<void> {
  // Sorted, so that two transactions that make the same owners wait for each other and never both.
  await tx.execute(sql`
    insert into wallets.owners (external_id, tenant)
    select external_id, ${tenant}::uuid
    from unnest(${sql.param([...externalIds].sort())}::text[]) as external_id
    on conflict do nothing`)
}
