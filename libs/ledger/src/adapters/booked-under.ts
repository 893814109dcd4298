import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, asc, inArray, isNull } from 'drizzle-orm'
import { transactions } from '../schema.ts'

export type BookedUnder = { transactionId: bigint; reference: string; code: string; at: Date }

/** What is booked under any of `references`, the oldest first. */
export async function bookedUnder(
  postgres: Postgres,
  references: readonly string[],
): Promise<BookedUnder[]> {
  const { id: transactionId, reference, code, recordedAt: at, refusal } = transactions
  return await postgres
    .select({ transactionId, reference, code, at })
    .from(transactions)
    .where(and(inArray(reference, [...references]), isNull(refusal)))
    .orderBy(asc(transactionId))
}
