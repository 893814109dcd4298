import { z } from 'zod'
import { assetOnWire, unitsOnWire } from './wire.ts'

/** A line of a channel's own account of what it moved. */
export const statementLine = z.object({
  /** Which channel says so, for example `sandbox`. */
  channel: z.string().min(1),
  statementId: z.string().min(1),
  /** Its place in the statement, from 1. */
  line: z.int().min(1),
  kind: z.enum(['payment', 'refund', 'chargeback', 'fee']),
  /** The channel's name for what it moved; ours is what it was given. */
  channelReference: z.string().min(1),
  reference: z.string().min(1),
  asset: assetOnWire,
  amount: unitsOnWire,
  /** When the channel moved it, RFC 3339. */
  movedAt: z.iso.datetime(),
})
