import type { Transaction } from '@coffer/postgres/open-postgres'
import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import type { ChainRoom, DifferenceRoom } from '../ports.ts'
import { creditPlaces, differences, runs } from '../schema.ts'
import { differenceOf } from './difference-rows.ts'

/** {@link ChainRoom} in a transaction of PostgreSQL. */
export const chainRoom = (tx: Transaction): Omit<ChainRoom, keyof DifferenceRoom> => ({
  async openOf(chain) {
    const rows = await tx
      .select()
      .from(differences)
      .where(and(eq(differences.place, chain), eq(differences.status, 'open')))
    return rows.map(differenceOf)
  },
  async differencesAbout(chain, subjects) {
    if (subjects.length === 0) return []
    const rows = await tx
      .select()
      .from(differences)
      .where(
        and(
          eq(differences.place, chain),
          inArray(differences.subject, [...subjects]),
          ne(differences.status, 'explained'),
        ),
      )
    return rows.map(differenceOf)
  },
  async creditPlace(chain) {
    const [row] = await tx.select().from(creditPlaces).where(eq(creditPlaces.chain, chain))
    return row?.place
  },
  async lastReconciled(chain) {
    const [row] = await tx
      .select({ at: sql<string | null>`max(${runs.progress} -> 'block' ->> 'at')` })
      .from(runs)
      .where(and(eq(runs.place, chain), eq(runs.status, 'done')))
    return row?.at == null ? undefined : new Date(row.at)
  },
  async moveCreditPlace(chain, place) {
    await tx
      .insert(creditPlaces)
      .values({ chain, place })
      .onConflictDoUpdate({ target: creditPlaces.chain, set: { place } })
  },
})
