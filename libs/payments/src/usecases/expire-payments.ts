import type { PaymentRooms } from '../ports.ts'
import { judgePayments } from './judge-payments.ts'

/**
 * Ends the waiting for payments whose time is over: what has not come in by now is expired. One
 * that is paid, or is no payment, stays as it is. Safe to repeat. Answers how many changed.
 */
export const expirePayments =
  ({ rooms, now }: { rooms: PaymentRooms; now: () => Date }) =>
  (ids: readonly string[]): Promise<number> =>
    rooms(async (room) => {
      const ours = await room.lock(ids)
      await room.end(ours)
      return await judgePayments(room, ours, { at: now(), reason: 'expired' })
    })
