import { z } from 'zod'
import { assetOnWire, unitsOnWire } from './wire.ts'

// Fields that a newer writer adds are passed over, so that readers need not be upgraded first.
const settlement = {
  settlementId: z.uuid(),
  merchantId: z.uuid(),
  asset: assetOnWire,
  /** What stops being pending, in the asset's smallest unit. */
  amount: unitsOnWire,
  /** What of it is kept back for a while. */
  reserve: unitsOnWire,
  /** How many transactions of the ledger it adds up. */
  transactions: z.int().min(1),
  /** Why now. */
  cause: z.enum(['threshold', 'schedule', 'request']),
  createdAt: z.iso.datetime(),
}

/** What is pending for a merchant is to be settled. */
export const settlementCreated = z.object(settlement)

/** What was pending is available to the merchant, less the reserve. */
export const settlementCompleted = z.object({ ...settlement, completedAt: z.iso.datetime() })
