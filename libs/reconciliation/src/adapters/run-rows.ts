import type { Transaction } from '@coffer/postgres/open-postgres'
import { and, eq } from 'drizzle-orm'
import type { Run } from '../domain/run.ts'
import type { RunRoom } from '../ports.ts'
import { runs } from '../schema.ts'

/** {@link RunRoom} in a transaction of PostgreSQL. */
export const runRoom = (tx: Transaction): RunRoom => ({
  async lockRun({ id, version }) {
    const found = await tx
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.id, id), eq(runs.version, version), eq(runs.status, 'running')))
      .for('update')
    return found.length > 0
  },
  async saveRun(run) {
    const saved = { ...run, version: run.version + 1 }
    const { id, finishedAt = null, lastError = null, through: _, ...changed } = saved
    await tx
      .update(runs)
      .set({ ...changed, finishedAt, lastError })
      .where(eq(runs.id, id))
    return saved
  },
})

/** A run as it is stored. */
export const runOf = ({ key: _, ...row }: typeof runs.$inferSelect): Run => ({
  ...row,
  through: row.through ?? undefined,
  finishedAt: row.finishedAt ?? undefined,
  lastError: row.lastError ?? undefined,
})
