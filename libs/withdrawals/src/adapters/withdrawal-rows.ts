import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Withdrawal } from '../domain/withdrawal.ts'
import { withdrawals } from '../schema.ts'

type Row = typeof withdrawals.$inferSelect

/** A row as the domain has it. */
export const withdrawalOf = ({ toAddress, ...row }: Row): Withdrawal => ({
  ...row,
  to: toAddress,
  refundId: row.refundId ?? undefined,
  requestedBy: row.requestedBy ?? undefined,
  approvedBy: row.approvedBy ?? undefined,
  approvedHash: row.approvedHash ?? undefined,
  approvedAt: row.approvedAt ?? undefined,
  transactionId: row.transactionId ?? undefined,
  txHash: row.txHash ?? undefined,
  blockNumber: row.blockNumber ?? undefined,
  reason: row.reason ?? undefined,
  queuedAt: row.queuedAt ?? undefined,
  endedAt: row.endedAt ?? undefined,
})

/** What of a withdrawal may change, as its row has it; what is asked for never does. */
const changing = (withdrawal: Withdrawal) => ({
  status: withdrawal.status,
  approvedBy: withdrawal.approvedBy ?? null,
  approvedHash: withdrawal.approvedHash ?? null,
  approvedAt: withdrawal.approvedAt ?? null,
  isAlone: withdrawal.isAlone,
  transactionId: withdrawal.transactionId ?? null,
  txHash: withdrawal.txHash ?? null,
  blockNumber: withdrawal.blockNumber ?? null,
  reason: withdrawal.reason ?? null,
  version: withdrawal.version,
  queuedAt: withdrawal.queuedAt ?? null,
  endedAt: withdrawal.endedAt ?? null,
})

/** Inserts a withdrawal; answers whether it was new. */
export async function insertWithdrawal(tx: Transaction, withdrawal: Withdrawal): Promise<boolean> {
  const { to: toAddress, ...rest } = withdrawal
  const inserted = await tx
    .insert(withdrawals)
    .values({ ...rest, toAddress })
    .onConflictDoNothing()
    .returning({ id: withdrawals.id })
  return inserted.length > 0
}

/** Writes what has changed of withdrawals that are locked. */
export async function saveWithdrawals(
  tx: Transaction,
  changed: readonly Withdrawal[],
): Promise<void> {
  for (const withdrawal of changed) {
    await tx
      .update(withdrawals)
      .set(changing(withdrawal))
      .where(sql`${withdrawals.id} = ${withdrawal.id}`)
  }
}
