import { createHash } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'
import { checkDraft, type EntryDraft } from '@coffer/ledger/transaction'
import {
  type AdjustmentKind,
  type EntryOnWire,
  type Proposal,
  proposalText,
} from '../domain/adjustment.ts'
import {
  type Difference,
  excessOf,
  negated,
  suspenseMovements,
  writeOffMovements,
} from '../domain/difference.ts'
import type { Adjustment, AdjustmentRooms } from '../ports.ts'
import { adjustmentDraft } from './suspense-drafts.ts'

export type ProposeRequest = {
  differenceId: string
  kind: AdjustmentKind
  /** Of an adjustment by entries alone. */
  entries?: readonly EntryDraft[]
  reason: string
  /** Who holds the key that proposes. */
  by: string
}

/**
 * Proposes how an open difference is to be settled, in the place of what was proposed before. It
 * books nothing: another person confirms it. Throws {@link DifferenceUnknownError},
 * {@link DifferenceClosedError}, {@link AdjustmentError} and `TransactionDraftError`.
 */
export const proposeAdjustment =
  ({ rooms, now }: { rooms: AdjustmentRooms; now: () => Date }) =>
  ({ differenceId, kind, entries = [], reason, by }: ProposeRequest): Promise<Adjustment> =>
    rooms(async (room) => {
      const difference = requireOpen(differenceId, await room.lockDifference(differenceId))
      const movements = movementsOf(difference, kind, entries)
      const draft = adjustmentDraft(difference, movements)
      if (movements.length > 0) checkDraft(draft)
      const proposal: Proposal = {
        ...{ differenceId, kind, reason, proposedBy: by },
        entries: movements.map(entryOnWire),
      }
      return await room.propose({ ...proposal, hash: hashOf(proposal) }, now())
    })

/** What the second person confirms. */
export const hashOf = (proposal: Proposal): string =>
  createHash('sha256').update(proposalText(proposal)).digest('hex')

function movementsOf(
  difference: Difference,
  kind: AdjustmentKind,
  entries: readonly EntryDraft[],
): readonly EntryDraft[] {
  const isValued = excessOf(difference).length > 0
  if (kind !== 'entries' && entries.length > 0) {
    throw new AdjustmentError(`entries are given, and ${kind} makes its own`)
  }
  if (kind === 'entries' && entries.length === 0) throw new AdjustmentError('no entries are given')
  if (kind === 'accept') {
    return difference.isSuspended ? negated(suspenseMovements(difference)) : []
  }
  if (kind !== 'entries' && !isValued) {
    throw new AdjustmentError(`${kind} needs an amount, and this difference has none of its own`)
  }
  if (kind === 'suspend') {
    if (difference.isSuspended) throw new AdjustmentError('its value is in suspense already')
    return suspenseMovements(difference)
  }
  return kind === 'write_off' ? writeOffMovements(difference) : entries
}

const entryOnWire = ({ account, amount }: EntryDraft): EntryOnWire => {
  const { owner, code, asset } = account
  return { owner, account: code, asset, amount: `${amount}` }
}

/** Answers the difference if it is open. */
export function requireOpen(id: string, difference: Difference | undefined): Difference {
  if (difference === undefined) throw new DifferenceUnknownError(id)
  if (difference.status !== 'open') throw new DifferenceClosedError(difference)
  return difference
}

export class DifferenceUnknownError extends AppError {
  readonly code = 'RECONCILIATION_DIFFERENCE_UNKNOWN'

  constructor(id: string) {
    super(`There is no difference ${JSON.stringify(id)}.`, { retry: 'never', details: { id } })
  }
}

export class DifferenceClosedError extends AppError {
  readonly code = 'RECONCILIATION_DIFFERENCE_CLOSED'

  constructor({ id, status }: Difference) {
    super(
      `Difference ${id} is ${status} and no more open: nothing is to be settled. If it should be ` +
        'there again, the next run finds it.',
      { retry: 'never', details: { id, status } },
    )
  }
}

export class AdjustmentError extends AppError {
  readonly code = 'RECONCILIATION_ADJUSTMENT'

  constructor(problem: string) {
    super(`The adjustment makes no sense: ${problem}.`, { retry: 'never', details: { problem } })
  }
}
