import { depositBookingsHandler } from '@coffer/deposits/events'
import type { MemoryScan } from '@coffer/deposits/testing/memory-scan'
import type { Message } from '@coffer/events/event'
import { faultyCalls } from './faulty-calls.ts'
import { InjectedFault, type Room } from './room.ts'
import type { Process } from './schedule.ts'

export type BookingsOptions = {
  bookings: MemoryScan['database']['bookings']
  /** All that the ledger has announced, in order. */
  announced: () => readonly Message[]
  /** How much of it is handled. */
  place: { handled: number }
}

/** Follows what the ledger books, so that a deposit says whether it is credited. */
export const bookingsProcess =
  (room: Room, { bookings, announced, place }: BookingsOptions) =>
  async (process: Process): Promise<void> => {
    const handle = depositBookingsHandler(
      faultyCalls(room, bookings, { process, name: 'bookings' }),
    )
    for (;;) {
      const from = place.handled
      const to = from + 1 + room.random.below(6)
      const batch = announced().slice(from, to)
      try {
        await process.turn('has bookings to mark')
        await handle(batch.map((message) => ({ ...message, partition: 0, offset: '0' })))
        place.handled = Math.max(place.handled, from + batch.length)
      } catch (error) {
        if (!(error instanceof InjectedFault)) throw error
      }
      if (batch.length === 0) await process.idle()
    }
  }
