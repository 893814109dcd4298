import { AppError } from '@coffer/errors/app-error'
import type { StepResult } from '@coffer/runtime/poll'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { OverdueHold, OverdueHolds, PostingOutcome, UnitOfWork } from '../ports.ts'

export type ExpireHoldsOptions = {
  unitOfWork: UnitOfWork
  overdue: OverdueHolds
  /** Most that expire in one transaction. */
  batchSize?: number
}

/**
 * Ends the holds whose time is over, each once, whoever else does it at the same time. Throws
 * {@link HoldNotExpiredError}.
 */
export const expireHolds =
  ({ unitOfWork, overdue, batchSize = 500 }: ExpireHoldsOptions) =>
  async (): Promise<StepResult> => {
    const holds = await overdue.find(batchSize)
    if (holds.length === 0) return 'idle'
    await unitOfWork(async (books) => {
      const outcomes = await books.post(holds.map(expiryOf))
      for (const [place, outcome] of outcomes.entries()) {
        // What is refused is refused for ever: thrown, it is not kept, and is asked for again.
        if (!isOver(outcome)) throw new HoldNotExpiredError(holds[place]?.reference ?? '', outcome)
      }
    })
    return holds.length < batchSize ? 'idle' : 'busy'
  }

const expiryOf = ({ reference, owner, expiresAt }: OverdueHold): TransactionDraft => ({
  reference: `expiry of ${reference}`,
  code: 'hold.expiry',
  owner,
  eventAt: expiresAt,
  entries: [],
  resolves: { hold: reference, as: 'expired' },
})

/** Somebody may have ended it in the meantime. */
const isOver = (outcome: PostingOutcome): boolean =>
  outcome.status === 'created' ||
  outcome.status === 'exists' ||
  (outcome.status === 'refused' && outcome.refusal.reason === 'hold_resolved')

/** A hold whose time is over cannot be ended. */
export class HoldNotExpiredError extends AppError {
  readonly code = 'LEDGER_HOLD_NOT_EXPIRED'

  constructor(hold: string, outcome: PostingOutcome) {
    const answer = outcome.status === 'refused' ? outcome.refusal.reason : outcome.status
    super(
      `Hold ${JSON.stringify(hold)} is over and does not expire: the ledger says ${answer}. ` +
        'It is tried again; if it stays so, the clock of the database was set back.',
      { retry: 'retry', details: { hold, answer } },
    )
  }
}
