import { eventMessage, type Message } from '@coffer/events/event'
import type { TxHash } from '@coffer/evm/hash'
import type { Withdrawal } from './withdrawal.ts'

const SOURCE = 'coffer/withdrawals'

const onWire = (withdrawal: Withdrawal) => ({
  withdrawalId: withdrawal.id,
  owner: withdrawal.owner,
  version: withdrawal.version,
  chain: withdrawal.chain,
  asset: withdrawal.asset,
  amount: withdrawal.amount.toString(),
  fee: withdrawal.fee.toString(),
  to: withdrawal.to,
  ...(withdrawal.refundId === undefined ? {} : { refundId: withdrawal.refundId }),
  requestedAt: withdrawal.requestedAt.toISOString(),
})

/** What every announcement of a withdrawal has. Its version makes its id its own. */
const envelope = ({ id, owner, version }: Withdrawal, what: string, at: Date) => ({
  id: `withdrawal:${id}:${what}:${version}`,
  source: SOURCE,
  time: at.toISOString(),
  key: owner,
})

export const requestedMessage = (withdrawal: Withdrawal, at: Date): Message =>
  eventMessage({
    ...envelope(withdrawal, 'requested', at),
    type: 'withdrawal.requested',
    data: { ...onWire(withdrawal), needsApproval: withdrawal.needsApproval },
  })

export const approvedMessage = (withdrawal: Withdrawal, at: Date): Message =>
  eventMessage({
    ...envelope(withdrawal, 'approved', at),
    type: 'withdrawal.approved',
    data: { ...onWire(withdrawal), approvedAt: at.toISOString() },
  })

export const broadcastMessage = (withdrawal: Withdrawal, txHash: TxHash, at: Date): Message =>
  eventMessage({
    ...envelope(withdrawal, 'broadcast', at),
    type: 'withdrawal.broadcast',
    data: { ...onWire(withdrawal), txHash },
  })

export const completedMessage = (
  withdrawal: Withdrawal,
  { txHash, blockNumber, at }: { txHash: TxHash; blockNumber: bigint; at: Date },
): Message =>
  eventMessage({
    ...envelope(withdrawal, 'completed', at),
    type: 'withdrawal.completed',
    data: {
      ...onWire(withdrawal),
      txHash,
      blockNumber: Number(blockNumber),
      completedAt: at.toISOString(),
    },
  })

export const failedMessage = (withdrawal: Withdrawal, at: Date): Message =>
  eventMessage({
    ...envelope(withdrawal, 'failed', at),
    type: 'withdrawal.failed',
    data: {
      ...onWire(withdrawal),
      reason: withdrawal.reason ?? 'unknown',
      ...(withdrawal.txHash === undefined ? {} : { txHash: withdrawal.txHash }),
      failedAt: at.toISOString(),
    },
  })

export const cancelledMessage = (withdrawal: Withdrawal, at: Date): Message =>
  eventMessage({
    ...envelope(withdrawal, 'cancelled', at),
    type: 'withdrawal.cancelled',
    data: {
      ...onWire(withdrawal),
      reason: withdrawal.reason ?? 'unknown',
      cancelledAt: at.toISOString(),
    },
  })
