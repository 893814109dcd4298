import { z } from 'zod'
import { addressOnWire, assetOnWire, chainOnWire, hashOnWire, unitsOnWire } from './wire.ts'

// Fields that a newer writer adds are passed over, so that readers need not be upgraded first.
const withdrawal = {
  withdrawalId: z.uuid(),
  owner: z.uuid(),
  /** Grows with each change of the withdrawal: what says an older one is passed over. */
  version: z.int().min(1),
  chain: chainOnWire,
  asset: assetOnWire,
  /** What arrives, in the asset's smallest unit. */
  amount: unitsOnWire,
  /** What we keep beside it. */
  fee: unitsOnWire,
  to: addressOnWire,
  /** The refund that it pays, if it is one; its owner is the payment then. */
  refundId: z.uuid().optional(),
  requestedAt: z.iso.datetime(),
}

/** An owner asked for it and what it takes is held; it may need a second person's approval. */
export const withdrawalRequested = z.object({ ...withdrawal, needsApproval: z.boolean() })

/** It may be paid. */
export const withdrawalApproved = z.object({ ...withdrawal, approvedAt: z.iso.datetime() })

/** A transaction that pays it was given to the chain. */
export const withdrawalBroadcast = z.object({ ...withdrawal, txHash: hashOnWire })

/** It is paid, and final. */
export const withdrawalCompleted = z.object({
  ...withdrawal,
  txHash: hashOnWire,
  blockNumber: z.int().min(0),
  /** When the block that pays it was mined, as it says. */
  completedAt: z.iso.datetime(),
})

/** It was not paid and will not be: what was held is free again. */
export const withdrawalFailed = z.object({
  ...withdrawal,
  reason: z.string().min(1),
  txHash: hashOnWire.optional(),
  failedAt: z.iso.datetime(),
})

/** Its owner or an operator called it off before it was broadcast. */
export const withdrawalCancelled = z.object({
  ...withdrawal,
  reason: z.string().min(1),
  cancelledAt: z.iso.datetime(),
})
