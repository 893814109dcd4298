import { assetOnWire, unitsOnWire } from '@coffer/events/wire'
import { z } from 'zod'
import type { ChargeReport } from '../domain/charge.ts'
import type { RefundReport } from '../domain/refund.ts'

const moment = z.iso.datetime().transform((text) => new Date(text))

/** A charge as the sandbox tells of it. */
export const chargeOnWire = z
  .object({
    id: z.string().min(1),
    reference: z.string().min(1),
    asset: assetOnWire,
    amount: unitsOnWire,
    status: z.enum(['pending', 'succeeded', 'declined', 'charged_back']),
    reason: z.string().optional(),
    movedAt: moment.optional(),
  })
  .transform(({ id: channelId, ...charge }): ChargeReport => ({ channelId, ...charge }))

/** A refund as the sandbox tells of it. */
export const refundOnWire = z
  .object({
    reference: z.string().min(1),
    status: z.enum(['pending', 'succeeded', 'failed']),
    reason: z.string().optional(),
  })
  .transform((refund): RefundReport => refund)
