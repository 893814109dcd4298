import type { Applied } from './domain/apply-postings.ts'
import type { TransactionDraft } from './domain/transaction.ts'
import type { BookedTransaction } from './ports.ts'

/** What a draft has become under the number and at the time it was booked. */
export function bookedTransaction(
  draft: TransactionDraft,
  { entries, held }: Extract<Applied, { status: 'created' }>,
  { id, recordedAt }: { id: string; recordedAt: Date },
): BookedTransaction {
  const { reference, code, owner, eventAt, traceparent, resolves, reverses, closes } = draft
  const transaction = { id, reference, code, owner, eventAt, recordedAt, entries, traceparent }
  // Nearly all only book entries, and are made as fast as can be.
  if (!(held || resolves || reverses !== undefined || closes)) return transaction
  const hold = held && { held, expiresAt: draft.hold?.expiresAt }
  return { ...transaction, hold, resolves, reverses, closes }
}
