import type { SettlementRooms } from '../ports.ts'
import { releaseTransaction } from '../settlement-transactions.ts'
import { requireBooked } from './settle-tallies.ts'

/**
 * Makes the reserve of a settlement available when its time is over, once; else it does nothing.
 * Answers whether it did.
 */
export const releaseReserve =
  ({ rooms, now }: { rooms: SettlementRooms; now: () => Date }) =>
  (id: string): Promise<boolean> =>
    rooms(async (room) => {
      const at = now()
      const settlement = await room.release(id, at)
      if (settlement === undefined) return false
      requireBooked(await room.post([releaseTransaction(settlement, at)]))
      return true
    })
