import { z } from 'zod'
import { assetOnWire, unitsOnWire } from './wire.ts'

// Fields that a newer writer adds are passed over, so that readers need not be upgraded first.
const order = {
  orderId: z.uuid(),
  merchantId: z.uuid(),
  /** Grows with each change of the order: what says an older one is passed over. */
  version: z.int().min(1),
  /** The merchant's own name for the order. */
  reference: z.string().min(1),
  asset: assetOnWire,
  /** What it costs, in the asset's smallest unit. */
  amount: unitsOnWire,
  /** When it was made, RFC 3339. */
  createdAt: z.iso.datetime(),
}

/** Somebody ordered. */
export const orderCreated = z.object({ ...order, description: z.string().optional() })

/** An order is paid in whole. After a reorg it may be paid once more. */
export const orderPaid = z.object({ ...order, paymentId: z.uuid(), paidAt: z.iso.datetime() })

/** An order will not be paid, or what paid it was taken back. */
export const orderCancelled = z.object({ ...order, reason: z.string().min(1) })

/** What was paid of an order went back, so far `refunded` of it. */
export const orderRefunded = z.object({ ...order, refunded: unitsOnWire })
