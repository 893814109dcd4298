import { z } from 'zod'
import { addressOnWire, assetOnWire, chainOnWire, hashOnWire, unitsOnWire } from './wire.ts'

// Fields that a newer writer adds are passed over, so that readers need not be upgraded first.
const deposit = {
  /** `{chain}:{txHash}:{position}`: the deposit's identity, which no reorg changes. */
  depositId: z.string().min(1),
  /**
   * Counts the confirmations of this deposit from 1. It grows only when a reorg took a confirmed
   * deposit back and a later block included its transaction again.
   */
  revision: z.int().min(1),
  owner: z.string().min(1),
  chain: chainOnWire,
  asset: assetOnWire,
  amount: unitsOnWire,
  from: addressOnWire,
  to: addressOnWire,
  txHash: hashOnWire,
  position: z.string().min(1),
  blockNumber: z.int().min(0),
  blockHash: hashOnWire,
  /** When the block says it was made, RFC 3339. */
  blockTime: z.iso.datetime(),
}

/** A deposit is final by its chain's policy and may be credited. */
export const depositConfirmed = z.object(deposit)

/**
 * A deposit is final and we hold it, but it is not credited; `reason` says why, for example
 * `below_minimum`. It has the id and the revision that its confirmation would have had.
 */
export const depositSuspended = z.object({ ...deposit, reason: z.string().min(1) })

/** A reorg took back a deposit that had been confirmed or suspended. */
export const depositReversed = z.object({
  ...deposit,
  reason: z.string().min(1),
  /** Whether it had been suspended. */
  suspended: z.boolean().default(false),
})

export type DepositConfirmed = z.output<typeof depositConfirmed>
export type DepositSuspended = z.output<typeof depositSuspended>
export type DepositReversed = z.output<typeof depositReversed>
