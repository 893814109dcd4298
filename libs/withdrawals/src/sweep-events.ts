import { readEvent } from '@coffer/events/event'
import type { Address } from '@coffer/evm/address'
import type { Delivery } from '@coffer/messaging/ports'
import type { Arrival, Sweeps } from './sweep-ports.ts'

/** What of the events of wallets concerns sweeps: what has come and stays, credited or not. */
export const arrivalsHandler =
  (sweeps: Pick<Sweeps, 'note'>, now: () => Date) =>
  async (deliveries: readonly Delivery[]): Promise<void> => {
    const arrivals = deliveries.map(readEvent).flatMap((event): Arrival[] => {
      if (event.type !== 'deposit.confirmed' && event.type !== 'deposit.suspended') return []
      const { chain, asset, to } = event.data
      return [{ chain, asset, address: to as Address }]
    })
    await sweeps.note(arrivals, now())
  }
