import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { asc, eq, sql } from 'drizzle-orm'
import type { Movement } from '../domain/movement.ts'
import { movements } from '../schema.ts'

/** Whoever writes a line takes turns on this advisory lock, so that numbers have no holes. */
const LINES_LOCK = 0x7361_6e64

/** Writes the next lines of the statement of the day of `movedAt`, in the order of `moved`. */
export async function recordMovements(
  tx: Transaction,
  moved: readonly Omit<Movement, 'day' | 'line' | 'movedAt'>[],
  movedAt: Date,
): Promise<void> {
  if (moved.length === 0) return
  const day = movedAt.toISOString().slice(0, 10)
  await tx.execute(sql`select pg_advisory_xact_lock(${LINES_LOCK})`)
  await tx.execute(sql`
    insert into sandbox.movements (day, line, kind, id, reference, asset, amount, moved_at)
    select ${day}::date, before.line + place, kind, id, reference, asset, amount,
      ${movedAt.toISOString()}::timestamptz
    from unnest(
      ${sql.param(moved.map(({ kind }) => kind))}::text[],
      ${sql.param(moved.map(({ id }) => id))}::text[],
      ${sql.param(moved.map(({ reference }) => reference))}::text[],
      ${sql.param(moved.map(({ asset }) => asset))}::text[],
      ${sql.param(moved.map(({ amount }) => amount.toString()))}::numeric[]
    ) with ordinality as moved (kind, id, reference, asset, amount, place),
    (select coalesce(max(line), 0) as line from sandbox.movements where day = ${day}::date) before`)
}

/** What was moved on a day of UTC, such as `2026-11-21`, in the order it was. */
export const readStatement = async (postgres: Postgres, day: string): Promise<Movement[]> =>
  await postgres.select().from(movements).where(eq(movements.day, day)).orderBy(asc(movements.line))
