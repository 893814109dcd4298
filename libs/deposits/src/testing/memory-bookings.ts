import type { Bookings } from '../usecases/mark-booked.ts'
import type { StoredDeposit } from './stored-deposit.ts'

/** {@link Bookings} in memory that mark `deposits`, by id, as those in PostgreSQL do. */
export function memoryBookings(deposits: ReadonlyMap<string, StoredDeposit>): Bookings {
  return {
    async record(bookings) {
      for (const { depositId: id, revision, kind } of bookings) {
        const deposit = deposits.get(id)
        const [before, after] =
          kind === 'confirmation' ? ['final', 'credited'] : ['orphaned', 'reversed']
        const isDue = deposit?.revision === revision && deposit.status === before
        if (isDue) deposit.status = after
      }
    },
  }
}
