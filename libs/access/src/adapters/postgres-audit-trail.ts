import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, desc, eq, getTableColumns, gte, isNull, lt, or } from 'drizzle-orm'
import type { AuditTrail } from '../ports.ts'
import { acts, outcomes } from '../schema.ts'

/** Answers from here on say that nothing was done. */
const REFUSED = 400

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
  list: ({ tenant, holder, from, to, outcome, before, limit }) =>
    postgres
      .select({ ...getTableColumns(acts), status: outcomes.status, endedAt: outcomes.at })
      .from(acts)
      .leftJoin(outcomes, eq(outcomes.act, acts.id))
      .where(
        and(
          tenant === undefined ? undefined : eq(acts.tenant, tenant),
          holder === undefined ? undefined : eq(acts.holder, holder),
          from === undefined ? undefined : gte(acts.at, from),
          to === undefined ? undefined : lt(acts.at, to),
          outcome === 'done' ? lt(outcomes.status, REFUSED) : undefined,
          outcome === 'refused'
            ? or(gte(outcomes.status, REFUSED), isNull(outcomes.status))
            : undefined,
          before === undefined ? undefined : lt(acts.id, before),
        ),
      )
      .orderBy(desc(acts.id))
      .limit(limit),
})
