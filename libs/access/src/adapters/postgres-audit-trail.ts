import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, desc, eq, getTableColumns, lt } from 'drizzle-orm'
import type { AuditTrail } from '../ports.ts'
import { acts, outcomes } from '../schema.ts'

/** {@link AuditTrail} in PostgreSQL, where what was written can't be changed. */
export const postgresAuditTrail = (postgres: Postgres): AuditTrail => ({
  async begin(act) {
    const [made] = await postgres.insert(acts).values(act).returning({ id: acts.id })
    if (made === undefined) throw new Error('An act that was inserted was not returned.')
    return made.id
  },
  async end(act, status) {
    await postgres.insert(outcomes).values({ act, status })
  },
  list: ({ tenant, holder, before, limit }) =>
    postgres
      .select({ ...getTableColumns(acts), status: outcomes.status, endedAt: outcomes.at })
      .from(acts)
      .leftJoin(outcomes, eq(outcomes.act, acts.id))
      .where(
        and(
          tenant === undefined ? undefined : eq(acts.tenant, tenant),
          holder === undefined ? undefined : eq(acts.holder, holder),
          before === undefined ? undefined : lt(acts.id, before),
        ),
      )
      .orderBy(desc(acts.id))
      .limit(limit),
})
