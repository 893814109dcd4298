import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, desc, eq, lt } from 'drizzle-orm'
import type { Differences, DifferenceView } from '../ports.ts'
import { differences } from '../schema.ts'
import { type DifferenceRow, differenceOf } from './difference-rows.ts'
import { lastAdjustments } from './postgres-adjustments.ts'

/** {@link Differences} in PostgreSQL. */
export function postgresDifferences(postgres: Postgres): Differences {
  const viewsOf = async (rows: readonly DifferenceRow[]): Promise<DifferenceView[]> => {
    const ids = rows.map(({ id }) => id)
    const adjusted = await lastAdjustments(postgres, ids)
    return rows.map((row) => ({
      ...differenceOf(row),
      number: row.number,
      closedAt: row.closedAt ?? undefined,
      closedBy: row.closedBy ?? undefined,
      adjustment: adjusted.get(row.id),
    }))
  }
  return {
    async list({ status, kind, place }, { before, limit }) {
      const rows = await postgres
        .select()
        .from(differences)
        .where(
          and(
            status === undefined ? undefined : eq(differences.status, status),
            kind === undefined ? undefined : eq(differences.kind, kind),
            place === undefined ? undefined : eq(differences.place, place),
            before === undefined ? undefined : lt(differences.number, before),
          ),
        )
        .orderBy(desc(differences.number))
        .limit(limit)
      return await viewsOf(rows)
    },
    async find(id) {
      const rows = await postgres.select().from(differences).where(eq(differences.id, id))
      return (await viewsOf(rows))[0]
    },
  }
}
