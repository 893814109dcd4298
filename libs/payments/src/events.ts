import { type ReadEvent, readEvent } from '@coffer/events/event'
import {
  CHANNEL_EVENTS,
  MERCHANT_EVENTS,
  ORDER_EVENTS,
  PAYMENT_EVENTS,
} from '@coffer/events/topics'
import type { BatchHandler } from '@coffer/messaging/ports'
import type { DepositEvent } from './usecases/apply-deposits.ts'
import type { WithdrawalEvent } from './usecases/apply-withdrawals.ts'

/** What this context tells of. */
export const PUBLISHED_TOPICS = [
  CHANNEL_EVENTS,
  MERCHANT_EVENTS,
  ORDER_EVENTS,
  PAYMENT_EVENTS,
] as const

export type PaymentsHandlerOptions = {
  applyDeposits: (events: readonly DepositEvent[]) => Promise<unknown>
  applyWithdrawals: (events: readonly WithdrawalEvent[]) => Promise<unknown>
}

/**
 * Applies what deliveries of wallet.events say to payments, a batch at a time, and passes over what
 * is none of theirs. Throws `EventFormatError` if one is not an event of ours, before it does any.
 */
export function paymentsHandler(options: PaymentsHandlerOptions): BatchHandler {
  const { applyDeposits, applyWithdrawals } = options
  return async (deliveries) => {
    const events = deliveries.map(readEvent)
    await applyDeposits(events.filter(isDepositEvent))
    await applyWithdrawals(events.filter(isWithdrawalEvent))
  }
}

const isWithdrawalEvent = (event: ReadEvent): event is WithdrawalEvent =>
  event.type === 'withdrawal.broadcast' ||
  event.type === 'withdrawal.completed' ||
  event.type === 'withdrawal.failed' ||
  event.type === 'withdrawal.cancelled'

const isDepositEvent = (event: ReadEvent): event is DepositEvent =>
  event.type === 'deposit.confirmed' || event.type === 'deposit.reversed'
