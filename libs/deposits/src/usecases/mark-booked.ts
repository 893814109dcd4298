import { type DepositReference, parseDepositReference } from '@coffer/events/deposit-reference'
import type { ReadEvent } from '@coffer/events/event'

/** What the ledger did with one confirmation or reversal of a deposit. */
export type Booking = DepositReference & { at: Date }

/** Adapter: `adapters/postgres-bookings.ts`. */
export type Bookings = {
  /** Marks deposits credited or reversed. One that has moved on since is left alone. */
  record(bookings: readonly Booking[]): Promise<void>
}

/** Ledger codes of what is booked about deposits; unassigned is what a closed account was paid. */
const DEPOSIT_CODES = new Set(['deposit.credit', 'deposit.unassigned', 'deposit.reversal'])

/** Follows the ledger's events, so that a deposit says whether it is credited. Idempotent. */
export function markBooked(bookings: Bookings) {
  return async (events: readonly ReadEvent[]): Promise<void> => {
    const booked = events.flatMap((event): Booking[] => {
      if (event.type !== 'transaction.created' || !DEPOSIT_CODES.has(event.data.code)) return []
      const { reference, recordedAt } = event.data
      return [{ ...parseDepositReference(reference), at: new Date(recordedAt) }]
    })
    if (booked.length > 0) await bookings.record(booked)
  }
}
