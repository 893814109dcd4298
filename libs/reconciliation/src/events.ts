import { readEvent } from '@coffer/events/event'
import type { Delivery } from '@coffer/messaging/ports'
import { crashPoint } from '@coffer/runtime/crash-point'
import type { BookedEvent, recordBookings } from './usecases/record-bookings.ts'
import type { LineEvent, recordLines } from './usecases/record-lines.ts'

export type ReconciliationHandlerOptions = {
  recordBookings: ReturnType<typeof recordBookings>
  recordLines: ReturnType<typeof recordLines>
}

/** Records what accounting.events and channel.events say that channels moved. */
export function reconciliationHandler({
  recordBookings,
  recordLines,
}: ReconciliationHandlerOptions): (deliveries: readonly Delivery[]) => Promise<void> {
  return async (deliveries) => {
    const bookings: BookedEvent[] = []
    const lines: LineEvent[] = []
    for (const delivery of deliveries) {
      const event = readEvent(delivery)
      if (event.type === 'transaction.created') bookings.push(event)
      if (event.type === 'statement.line') lines.push(event)
    }
    await recordLines(lines)
    await recordBookings(bookings)
    crashPoint('reconciliation.after-commit')
  }
}
