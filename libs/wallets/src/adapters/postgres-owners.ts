import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Owner, Owners } from '../ports.ts'
import { owners, tenantKey } from '../schema.ts'

/** The users among the owners, in PostgreSQL. */
export function postgresOwners(postgres: Postgres): Owners {
  const first = async (where: SQL): Promise<Owner | undefined> =>
    (
      await postgres
        .select(user)
        .from(owners)
        .where(and(where, eq(owners.kind, 'user')))
    )[0]
  return {
    async create(externalId, tenant) {
      const [created] = await postgres
        .insert(owners)
        .values({ externalId, tenant })
        .onConflictDoNothing()
        .returning(user)
      if (created) return { owner: created, isNew: true }
      const existing = externalId && (await first(named(externalId, tenant)))
      if (!existing) throw new Error('An owner was neither inserted nor found.')
      return { owner: existing, isNew: false }
    },
    find: (id) => first(eq(owners.id, id)),
  }
}

const named = (externalId: string, tenant: string | null): SQL =>
  sql`${owners.externalId} = ${externalId}
    and ${tenantKey(owners.tenant)} = ${tenantKey(sql`${tenant}::uuid`)}`

const user = { id: owners.id, externalId: owners.externalId, createdAt: owners.createdAt }
