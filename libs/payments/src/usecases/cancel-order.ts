import { AppError } from '@coffer/errors/app-error'
import { hasSucceeded } from '../domain/payment.ts'
import { orderCancelled } from '../domain/payment-messages.ts'
import type { PaymentRooms } from '../ports.ts'
import { judgePayments } from './judge-payments.ts'

/**
 * Gives an order up with all payments of it. What is paid for it all the same is booked, and late.
 * Safe to repeat. Throws {@link OrderUnknownError} and {@link OrderPaidError}.
 */
export const cancelOrder =
  ({ rooms, now }: { rooms: PaymentRooms; now: () => Date }) =>
  (orderId: string): Promise<void> =>
    rooms(async (room) => {
      const ids = await room.lock(await room.paymentsOf(orderId))
      const [first, ...others] = await room.open(ids)
      if (first === undefined) throw new OrderUnknownError(orderId)
      if ([first, ...others].some(({ payment }) => hasSucceeded(payment))) {
        throw new OrderPaidError(orderId)
      }
      if (first.payment.order.cancelledAt !== undefined) return
      const told = { at: now(), reason: 'cancelled' }
      await room.cancel(orderId, told)
      const { order } = first.payment
      const cancelled = { ...first.payment, order: { ...order, version: order.version + 1 } }
      await room.announce([orderCancelled(cancelled, told)])
      await judgePayments(room, ids, told)
    })

export class OrderUnknownError extends AppError {
  readonly code = 'ORDER_UNKNOWN'

  constructor(id: string) {
    super(`No order has the id ${JSON.stringify(id)}. POST /v1/payments answers ids of orders.`, {
      retry: 'never',
      details: { id },
    })
  }
}

/** What was paid is given back by a refund. */
export class OrderPaidError extends AppError {
  readonly code = 'ORDER_PAID'

  constructor(id: string) {
    super(`The order ${id} is paid, so it can't be cancelled. Refund its payment instead.`, {
      retry: 'never',
      details: { id },
    })
  }
}
