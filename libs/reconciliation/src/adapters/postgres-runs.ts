import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, eq, lt, sql } from 'drizzle-orm'
import type { Runs } from '../ports.ts'
import { runs } from '../schema.ts'
import { runOf } from './run-rows.ts'

/** {@link Runs} in PostgreSQL. */
export function postgresRuns(postgres: Postgres): Runs {
  return {
    async add(run, key) {
      const [added] = await postgres
        .insert(runs)
        .values({ ...run, key })
        .onConflictDoNothing()
        .returning()
      if (added) return runOf(added)
      const [known] = await postgres
        .select()
        .from(runs)
        .where(eq(runs.key, key ?? ''))
      if (known === undefined) throw new Error(`Run ${run.id} was neither added nor found.`)
      return runOf(known)
    },
    async find(id) {
      const [row] = await postgres.select().from(runs).where(eq(runs.id, id))
      return row && runOf(row)
    },
    async due(until, limit) {
      return await postgres
        .select({ id: runs.id, dueAt: runs.dueAt })
        .from(runs)
        .where(and(eq(runs.status, 'running'), lt(runs.dueAt, until)))
        .orderBy(runs.dueAt)
        .limit(limit)
    },
    async failed({ id, version }, { error, dueAt, at }) {
      await postgres
        .update(runs)
        .set({
          failures: sql`${runs.failures} + 1`,
          lastError: error,
          ...(dueAt ? { dueAt } : { status: 'failed' as const, finishedAt: at }),
        })
        .where(and(eq(runs.id, id), eq(runs.version, version), eq(runs.status, 'running')))
    },
  }
}
