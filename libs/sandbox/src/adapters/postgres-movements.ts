import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { asc, eq, sql } from 'drizzle-orm'
import type { Movement } from '../domain/movement.ts'
import { movements } from '../schema.ts'

/** Whoever writes a line takes turns on this advisory lock, so that numbers have no holes. */
const LINES_LOCK = 0x7361_6e64

/** Writes the next line of a day's statement. */
export async function recordMovement(
  tx: Transaction,
  { kind, id, reference, asset, amount, movedAt }: Omit<Movement, 'day' | 'line'>,
): Promise<void> {
  const day = movedAt.toISOString().slice(0, 10)
  await tx.execute(sql`select pg_advisory_xact_lock(${LINES_LOCK})`)
  await tx.execute(sql`
    insert into sandbox.movements (day, line, kind, id, reference, asset, amount, moved_at)
    select ${day}::date, coalesce(max(line), 0) + 1, ${kind}, ${id}, ${reference}, ${asset},
      ${amount.toString()}::numeric, ${movedAt.toISOString()}::timestamptz
    from sandbox.movements where day = ${day}::date`)
}

/** What was moved on a day of UTC, such as `2026-11-21`, in the order it was. */
export const readStatement = async (postgres: Postgres, day: string): Promise<Movement[]> =>
  await postgres.select().from(movements).where(eq(movements.day, day)).orderBy(asc(movements.line))
