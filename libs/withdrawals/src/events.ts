import { readEvent } from '@coffer/events/event'
import type { Delivery } from '@coffer/messaging/ports'
import type { payRefunds, RefundOrder } from './usecases/pay-refunds.ts'

/** What of the events of payments concerns withdrawals: refunds that are to be paid on chain. */
export const refundsHandler =
  (pay: ReturnType<typeof payRefunds>) =>
  async (deliveries: readonly Delivery[]): Promise<void> => {
    const orders = deliveries.map(readEvent).flatMap((event): RefundOrder[] => {
      if (event.type !== 'refund.requested' || event.data.channel !== 'onchain') return []
      const { refundId, paymentId, asset, amount, to, requestedAt } = event.data
      const facts = { refundId, paymentId, asset, amount, requestedAt: new Date(requestedAt) }
      return [{ ...facts, eventId: event.id, to: to as RefundOrder['to'] }]
    })
    await pay(orders)
  }
