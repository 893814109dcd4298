import { readEvent } from '@coffer/events/event'
import type { Delivery } from '@coffer/messaging/ports'
import { type Bookings, markBooked } from './usecases/mark-booked.ts'

/** Consumes `accounting.events`: the ledger tells which deposits are credited or reversed. */
export function depositBookingsHandler(bookings: Bookings) {
  const mark = markBooked(bookings)
  return (deliveries: readonly Delivery[]): Promise<void> => mark(deliveries.map(readEvent))
}
