import type { ReadEvent } from '@coffer/events/event'
import { crashPoint } from '@coffer/runtime/crash-point'
import { bookingsOf } from '../domain/bookings-of.ts'
import type { Rooms } from '../ports.ts'
import { type ChannelRules, judgeGroups } from './judge-groups.ts'

export type BookedEvent = Extract<ReadEvent, { type: 'transaction.created' }>

export type RecordOptions = {
  rooms: Rooms
  /** Under what name events are claimed. */
  consumer: string
  rules: ChannelRules
  now: () => Date
}

/**
 * Records what the ledger says that channels moved, each event once for ever, and holds it against
 * their statements, all in one transaction; other transactions are passed over. Answers how many
 * bookings there were.
 */
export const recordBookings =
  ({ rooms, consumer, rules, now }: RecordOptions) =>
  async (events: readonly BookedEvent[]): Promise<number> => {
    const told = events
      .map(({ id, data }) => ({ id, bookings: bookingsOf(data) }))
      .filter(({ bookings }) => bookings.length > 0)
    if (told.length === 0) return 0
    return await rooms(async (room) => {
      const ids = told.map(({ id }) => id)
      const fresh = await room.claim(consumer, ids)
      const bookings = told.flatMap((each) => (fresh.has(each.id) ? each.bookings : []))
      await room.lock(bookings)
      await room.addBookings(bookings)
      await judgeGroups(room, bookings, { now: now(), rules })
      crashPoint('reconciliation.before-commit')
      return bookings.length
    })
  }
