import { claimNew } from '@coffer/messaging/inbox'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Rooms } from '../ports.ts'
import { chainRoom } from './chain-rows.ts'
import {
  addBookings,
  addLines,
  differencesOf,
  lockGroups,
  readGroups,
  readThrough,
  settleGroups,
  unmatchedGroups,
} from './channel-rows.ts'
import { differenceRoom } from './difference-rows.ts'
import { runRoom } from './run-rows.ts'

/** {@link Rooms} in PostgreSQL. A batch takes the same few statements whatever its size. */
export const postgresRooms =
  (postgres: Postgres): Rooms =>
  (work) =>
    postgres.transaction((tx) =>
      work({
        ...differenceRoom(tx),
        ...runRoom(tx),
        ...chainRoom(tx),
        claim: (consumer, eventIds) => claimNew(tx, consumer, eventIds),
        lock: (keys) => lockGroups(tx, keys),
        addBookings: (bookings) => addBookings(tx, bookings),
        addLines: (lines) => addLines(tx, lines),
        groups: (keys) => readGroups(tx, keys),
        readThrough: (channels) => readThrough(tx, channels),
        differencesOf: (keys) => differencesOf(tx, keys),
        settle: (verdicts) => settleGroups(tx, verdicts),
        unmatched: (filter, page) => unmatchedGroups(tx, filter, page),
      }),
    )
