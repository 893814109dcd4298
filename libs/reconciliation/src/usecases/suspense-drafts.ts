import { SYSTEM } from '@coffer/ledger/chart-of-accounts'
import type { EntryDraft, TransactionDraft } from '@coffer/ledger/transaction'
import { type Difference, negated, suspenseMovements } from '../domain/difference.ts'

/** Moves the value of a difference to suspense, or from it. */
export const suspenseDraft = (difference: Difference): TransactionDraft => ({
  reference: suspenseReference(difference),
  code: 'reconciliation.suspense',
  owner: SYSTEM,
  eventAt: difference.happenedAt,
  entries: suspenseMovements(difference),
})

/** Takes that back: whatever moment is asked for, it is as if neither had been. */
export const releaseDraft = (difference: Difference): TransactionDraft => ({
  reference: `reconciliation:${difference.id}:release`,
  code: 'reconciliation.release',
  owner: SYSTEM,
  eventAt: difference.happenedAt,
  entries: negated(suspenseMovements(difference)),
  reverses: suspenseReference(difference),
})

/** Settles a difference. It counts from when what differs happened. */
export const adjustmentDraft = (
  difference: Difference,
  entries: readonly EntryDraft[],
): TransactionDraft => ({
  reference: `reconciliation:${difference.id}:adjustment`,
  code: 'reconciliation.adjustment',
  owner: SYSTEM,
  eventAt: difference.happenedAt,
  entries,
})

const suspenseReference = ({ id }: Difference) => `reconciliation:${id}:suspense`
