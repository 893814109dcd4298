import type { Database, Transaction } from '@coffer/postgres/open-postgres'
import { and, desc, eq } from 'drizzle-orm'
import type { Adjustment, AdjustmentRoom, AdjustmentRooms } from '../ports.ts'
import { adjustments, differences } from '../schema.ts'
import { differenceOf, differenceRoom } from './difference-rows.ts'

/** {@link AdjustmentRooms} in PostgreSQL. */
export const postgresAdjustments =
  (postgres: Database): AdjustmentRooms =>
  (work) =>
    postgres.transaction((tx) => work(adjustmentRoom(tx)))

const adjustmentRoom = (tx: Transaction): AdjustmentRoom => ({
  ...differenceRoom(tx),
  async lockDifference(id) {
    const [row] = await tx.select().from(differences).where(eq(differences.id, id)).for('update')
    return row && differenceOf(row)
  },
  async proposed(differenceId) {
    const [row] = await tx
      .select()
      .from(adjustments)
      .where(and(eq(adjustments.differenceId, differenceId), eq(adjustments.status, 'proposed')))
    return row && adjustmentOf(row)
  },
  async propose(proposal, proposedAt) {
    await tx
      .update(adjustments)
      .set({ status: 'replaced' })
      .where(
        and(
          eq(adjustments.differenceId, proposal.differenceId),
          eq(adjustments.status, 'proposed'),
        ),
      )
    const [row] = await tx
      .insert(adjustments)
      .values({ ...proposal, proposedAt })
      .returning()
    return adjustmentOf(row as AdjustmentRow)
  },
  async confirm({ id }, { by, at }) {
    const [row] = await tx
      .update(adjustments)
      .set({ status: 'confirmed', confirmedBy: by, confirmedAt: at })
      .where(eq(adjustments.id, id))
      .returning()
    return adjustmentOf(row as AdjustmentRow)
  },
  async suspended(differenceId) {
    await tx.update(differences).set({ isSuspended: true }).where(eq(differences.id, differenceId))
  },
})

type AdjustmentRow = typeof adjustments.$inferSelect

const adjustmentOf = (row: AdjustmentRow): Adjustment => ({
  ...row,
  confirmedBy: row.confirmedBy ?? undefined,
  confirmedAt: row.confirmedAt ?? undefined,
})

/** What was proposed last for each difference. */
export async function lastAdjustments(
  postgres: Database,
  differenceIds: readonly string[],
): Promise<Map<string, Adjustment>> {
  const found = new Map<string, Adjustment>()
  for (const differenceId of differenceIds) {
    const [row] = await postgres
      .select()
      .from(adjustments)
      .where(eq(adjustments.differenceId, differenceId))
      .orderBy(desc(adjustments.id))
      .limit(1)
    if (row) found.set(differenceId, adjustmentOf(row))
  }
  return found
}
