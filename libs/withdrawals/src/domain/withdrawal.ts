import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'

/**
 * `queued` waits for a transaction, `paying` was given to one that nobody has seen so far,
 * `broadcast` to one that a node has taken.
 */
export type WithdrawalStatus =
  | 'awaiting_approval'
  | 'queued'
  | 'paying'
  | 'broadcast'
  | 'completed'
  | 'failed'
  | 'cancelled'

/** What an owner wants to have on chain. */
export type Withdrawal = {
  id: string
  owner: string
  chain: ChainId
  asset: AssetId
  to: Address
  /** What arrives. */
  amount: Units
  /** What we keep beside it. */
  fee: Units
  /** The refund that it pays: then nothing is held for it here, and its owner is the payment. */
  refundId: string | undefined
  status: WithdrawalStatus
  needsApproval: boolean
  requestedBy: string | undefined
  approvedBy: string | undefined
  approvedHash: `0x${string}` | undefined
  approvedAt: Date | undefined
  isAlone: boolean
  transactionId: string | undefined
  txHash: TxHash | undefined
  blockNumber: bigint | undefined
  reason: string | undefined
  /** Grows with each change, from 1. */
  version: number
  requestedAt: Date
  queuedAt: Date | undefined
  endedAt: Date | undefined
}

/** What each status may become. What is final stays. */
const NEXT: Readonly<Record<WithdrawalStatus, readonly WithdrawalStatus[]>> = {
  awaiting_approval: ['queued', 'cancelled'],
  queued: ['paying', 'failed', 'cancelled'],
  // Back to the queue only when it is proven that its transaction never pays.
  paying: ['broadcast', 'queued', 'failed'],
  broadcast: ['completed', 'queued', 'failed'],
  completed: [],
  failed: [],
  cancelled: [],
}

type Change = Partial<
  Pick<
    Withdrawal,
    | 'approvedBy'
    | 'approvedHash'
    | 'approvedAt'
    | 'isAlone'
    | 'transactionId'
    | 'txHash'
    | 'blockNumber'
    | 'reason'
    | 'queuedAt'
    | 'endedAt'
  >
>

/** The withdrawal in its next status. Throws {@link WithdrawalStateError} if that is not next. */
export function moveWithdrawal(
  withdrawal: Withdrawal,
  status: WithdrawalStatus,
  change: Change = {},
): Withdrawal {
  if (!NEXT[withdrawal.status].includes(status)) throw new WithdrawalStateError(withdrawal, status)
  return { ...withdrawal, ...change, status, version: withdrawal.version + 1 }
}

/** Where the ledger keeps what a withdrawal holds. */
export const holdReference = (id: string): string => `withdrawal:${id}:hold`

/** It is too late, or too early, for what was asked. */
export class WithdrawalStateError extends AppError {
  readonly code = 'WITHDRAWAL_STATE'

  constructor({ id, status }: Pick<Withdrawal, 'id' | 'status'>, wanted: WithdrawalStatus) {
    super(
      `Withdrawal ${id} is ${status.replace('_', ' ')}, and can't become ${wanted} any more. ` +
        'Look at it again: what is given to a transaction can no longer be called off.',
      { retry: 'never', details: { id, status, wanted } },
    )
  }
}
