import type { Message } from '@coffer/events/event'
import type { TxHash } from '@coffer/evm/hash'
import type { TransactionDraft } from '@coffer/ledger/transaction'
import { approvalHash } from '../domain/approval-hash.ts'
import { moveWithdrawal, type Withdrawal } from '../domain/withdrawal.ts'
import { broadcastMessage, completedMessage, failedMessage } from '../domain/withdrawal-messages.ts'
import type { WithdrawalRoom } from '../ports.ts'
import { postedDraft, voidedDraft } from '../withdrawal-bookings.ts'

/** What becomes of a withdrawal, and what is booked and told of it. */
export type Ended = {
  withdrawal: Withdrawal
  drafts: readonly TransactionDraft[]
  messages: readonly Message[]
}

/** Whether what would be paid is what was approved, where somebody had to. */
export const isAsApproved = (withdrawal: Withdrawal): boolean =>
  !withdrawal.needsApproval || withdrawal.approvedHash === approvalHash(withdrawal)

/** A node has taken what pays it. */
export function broadcast(withdrawal: Withdrawal, txHash: TxHash, at: Date): Ended {
  const moved = moveWithdrawal(withdrawal, 'broadcast', { txHash })
  return { withdrawal: moved, drafts: [], messages: [broadcastMessage(moved, txHash, at)] }
}

/** It is paid for good. Whoever paid it may have been killed before it was told of. */
export function complete(
  withdrawal: Withdrawal,
  paid: { txHash: TxHash; blockNumber: bigint; minedAt: Date; at: Date },
): Ended {
  const { txHash, blockNumber, minedAt, at } = paid
  const before =
    withdrawal.status === 'paying'
      ? broadcast(withdrawal, txHash, at)
      : { withdrawal, messages: [] }
  const moved = moveWithdrawal(before.withdrawal, 'completed', { txHash, blockNumber, endedAt: at })
  return {
    withdrawal: moved,
    drafts: withdrawal.refundId === undefined ? [postedDraft(withdrawal, minedAt)] : [],
    messages: [...before.messages, completedMessage(moved, { txHash, blockNumber, at: minedAt })],
  }
}

/** It will not be paid: what was held for it is free again. */
export function fail(
  withdrawal: Withdrawal,
  { reason, txHash, at }: { reason: string; txHash?: TxHash | undefined; at: Date },
): Ended {
  const moved = moveWithdrawal(withdrawal, 'failed', { reason, txHash, endedAt: at })
  return {
    withdrawal: moved,
    drafts: withdrawal.refundId === undefined ? [voidedDraft(withdrawal, at)] : [],
    messages: [failedMessage(moved, at)],
  }
}

/** Its transaction never pays it, which is proven: another one does. */
export function requeue(withdrawal: Withdrawal, { isAlone }: { isAlone: boolean }): Ended {
  const moved = moveWithdrawal(withdrawal, 'queued', {
    isAlone: isAlone || withdrawal.isAlone,
    ...{ transactionId: undefined, txHash: undefined },
  })
  return { withdrawal: moved, drafts: [], messages: [] }
}

/** Stores, books and tells what became of withdrawals that are locked. */
export async function keepEnded(
  room: WithdrawalRoom,
  ended: readonly Ended[],
  others: readonly TransactionDraft[] = [],
): Promise<void> {
  const outcomes = await room.post([...ended.flatMap(({ drafts }) => drafts), ...others])
  const refused = outcomes.find(({ status }) => status === 'refused')
  if (refused) throw new Error(`The ledger refused what became of a payout: ${reasonOf(refused)}`)
  await room.save(ended.map(({ withdrawal }) => withdrawal))
  await room.announce(ended.flatMap(({ messages }) => messages))
}

const reasonOf = (outcome: object): string =>
  'refusal' in outcome ? JSON.stringify(Object.values(outcome.refusal as object)[0]) : 'unknown'
