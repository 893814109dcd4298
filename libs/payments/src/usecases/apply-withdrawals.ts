import type { ReadEvent } from '@coffer/events/event'
import type { Conclusion, concludeRefund } from './conclude-refund.ts'

/** An event that says what became of a payout. */
export type WithdrawalEvent = Extract<
  ReadEvent,
  {
    type:
      | 'withdrawal.broadcast'
      | 'withdrawal.completed'
      | 'withdrawal.failed'
      | 'withdrawal.cancelled'
  }
>

/** Concludes the refunds that payouts pay; payouts of others are passed over. Safe to repeat. */
export const applyWithdrawals =
  (conclude: ReturnType<typeof concludeRefund>) =>
  async (events: readonly WithdrawalEvent[]): Promise<void> => {
    for (const event of events) {
      const { refundId } = event.data
      if (refundId !== undefined) await conclude(refundId, conclusionOf(event))
    }
  }

function conclusionOf(event: WithdrawalEvent): Conclusion {
  switch (event.type) {
    case 'withdrawal.broadcast':
      return { status: 'processing', txHash: event.data.txHash }
    case 'withdrawal.completed': {
      const { txHash, completedAt } = event.data
      return { status: 'succeeded', txHash, at: new Date(completedAt) }
    }
    default:
      return { status: 'failed', reason: event.data.reason }
  }
}
