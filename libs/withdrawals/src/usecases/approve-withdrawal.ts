import { AppError } from '@coffer/errors/app-error'
import { isSameHolder } from '@coffer/http/is-same-holder'
import { approvalHash } from '../domain/approval-hash.ts'
import { moveWithdrawal, type Withdrawal } from '../domain/withdrawal.ts'
import { approvedMessage, cancelledMessage } from '../domain/withdrawal-messages.ts'
import type { WithdrawalRooms } from '../ports.ts'
import { voidedDraft } from '../withdrawal-bookings.ts'

export type Approval = {
  id: string
  /** Of what the approver has seen: see {@link approvalHash}. */
  hash: `0x${string}`
  /** Who holds the key that it is approved with. */
  approver: string
}

export type ApproveOptions = {
  rooms: WithdrawalRooms
  now: () => Date
  /** Whether nobody can know the keys of both, whatever names they have. */
  isSecondPerson: (holders: { first: string; second: string }) => Promise<boolean>
}

/**
 * Lets a withdrawal be paid that needs a second person. Repeating it changes nothing. Throws
 * {@link WithdrawalUnknownError}, {@link ApprovalRefusedError}, `WithdrawalStateError`.
 */
export const approveWithdrawal =
  ({ rooms, now, isSecondPerson }: ApproveOptions) =>
  ({ id, hash, approver }: Approval): Promise<Withdrawal> =>
    rooms(async (room) => {
      const withdrawal = await room.lock(id)
      if (withdrawal === undefined) throw new WithdrawalUnknownError(id)
      if (approvalHash(withdrawal) !== hash) {
        throw new ApprovalRefusedError(id, 'what was approved is not what would be paid')
      }
      const { requestedBy, approvedBy } = withdrawal
      if (requestedBy === undefined) {
        throw new ApprovalRefusedError(id, 'nobody knows who asked for it, so cancel it')
      }
      if (isSameHolder(requestedBy, approver)) {
        throw new ApprovalRefusedError(id, 'who asked for it may not approve it')
      }
      if (!(await isSecondPerson({ first: requestedBy, second: approver }))) {
        throw new ApprovalRefusedError(id, 'one person has made keys of who asked and who approves')
      }
      if (approvedBy !== undefined && isSameHolder(approvedBy, approver)) return withdrawal
      const at = now()
      const approved = moveWithdrawal(withdrawal, 'queued', {
        approvedBy: approver,
        approvedHash: hash,
        ...{ approvedAt: at, queuedAt: at },
      })
      await room.save([approved])
      await room.announce([approvedMessage(approved, at)])
      return approved
    })

/**
 * Calls a withdrawal off and frees what it holds, unless it was given to a transaction. Throws
 * {@link WithdrawalUnknownError}, `WithdrawalStateError`.
 */
export const cancelWithdrawal =
  ({ rooms, now }: { rooms: WithdrawalRooms; now: () => Date }) =>
  ({ id, reason }: { id: string; reason: string }): Promise<Withdrawal> =>
    rooms(async (room) => {
      const withdrawal = await room.lock(id)
      // A refund is its payment's: whoever granted it has reserved what it takes.
      if (withdrawal === undefined || withdrawal.refundId) throw new WithdrawalUnknownError(id)
      if (withdrawal.status === 'cancelled') return withdrawal
      const at = now()
      const cancelled = moveWithdrawal(withdrawal, 'cancelled', { reason, endedAt: at })
      await room.post([voidedDraft(withdrawal, at)])
      await room.save([cancelled])
      await room.announce([cancelledMessage(cancelled, at)])
      return cancelled
    })

export class WithdrawalUnknownError extends AppError {
  readonly code = 'WITHDRAWAL_UNKNOWN'

  constructor(id: string) {
    super(`There is no withdrawal ${id}.`, { retry: 'never', details: { id } })
  }
}

/** It is not for this person to approve, or not this. */
export class ApprovalRefusedError extends AppError {
  readonly code = 'APPROVAL_REFUSED'

  constructor(id: string, problem: string) {
    super(
      `Withdrawal ${id} is not approved: ${problem}. Read it again, and send its approvalHash ` +
        'with a key of somebody who did not ask for it.',
      { retry: 'never', details: { id } },
    )
  }
}
