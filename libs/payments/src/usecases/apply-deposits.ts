import type { ReadEvent } from '@coffer/events/event'
import type { PaymentRooms, ReceiptNews } from '../ports.ts'
import { judgePayments } from './judge-payments.ts'

/** An event that says that something came in or was taken back. */
export type DepositEvent = Extract<ReadEvent, { type: 'deposit.confirmed' | 'deposit.reversed' }>

export type ApplyDepositsOptions = {
  rooms: PaymentRooms
  /** Under what name events are claimed. */
  consumer: string
  now: () => Date
}

/**
 * Applies deposits to the payments whose addresses they came to, each event once for ever, all in
 * one transaction; deposits of others are passed over. Answers how many payments changed.
 */
export const applyDeposits =
  ({ rooms, consumer, now }: ApplyDepositsOptions) =>
  async (events: readonly DepositEvent[]): Promise<number> => {
    if (events.length === 0) return 0
    return await rooms(async (room) => {
      const news = events.map(newsOf)
      const fresh = await room.claim(
        consumer,
        news.map(({ eventId }) => eventId),
      )
      const unheard = news.filter(({ eventId }) => fresh.has(eventId))
      const ids = await room.lock([...new Set(unheard.map(({ paymentId }) => paymentId))])
      const ours = new Set(ids)
      await room.writeReceipts(unheard.filter(({ paymentId }) => ours.has(paymentId)))
      return await judgePayments(room, ids, { at: now(), reason: 'reorg' })
    })
  }

const newsOf = ({ id, type, data }: DepositEvent): ReceiptNews => ({
  eventId: id,
  paymentId: data.owner,
  receipt: { id: data.depositId, amount: data.amount, paidAt: new Date(data.blockTime) },
  revision: data.revision,
  isReversed: type === 'deposit.reversed',
})
