import type { Postgres } from '@coffer/postgres/open-postgres'
import { eq } from 'drizzle-orm'
import type { Owner, Owners } from '../ports.ts'
import { owners } from '../schema.ts'

/** {@link Owners} in PostgreSQL. */
export function postgresOwners(postgres: Postgres): Owners {
  const first = async (where: ReturnType<typeof eq>): Promise<Owner | undefined> =>
    (await postgres.select().from(owners).where(where))[0]
  return {
    async create(externalId) {
      const [created] = await postgres
        .insert(owners)
        .values({ externalId })
        .onConflictDoNothing()
        .returning()
      if (created) return { owner: created, isNew: true }
      const existing = externalId && (await first(eq(owners.externalId, externalId)))
      if (!existing) throw new Error('An owner was neither inserted nor found.')
      return { owner: existing, isNew: false }
    },
    find: (id) => first(eq(owners.id, id)),
  }
}
