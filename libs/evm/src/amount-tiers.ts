import type { AmountTier } from '@coffer/money/asset'
import { z } from 'zod'
import { type Confirmations, compareConfirmations } from './confirmations.ts'

/** How a policy is written down. */
export const confirmationsText = z.union([
  z.int().min(1).max(100_000),
  z.enum(['safe', 'finalized']),
])

/** An amount in its asset's smallest unit. */
export const amountText = z
  .union([z.bigint().min(0n), z.int().min(0), z.string().regex(/^[0-9]{1,78}$/)])
  .transform(BigInt)

/** What larger amounts of one asset wait for, smallest first. */
export const amountTiers = z
  .array(
    z.strictObject({
      from: amountText.refine((from) => from > 0n, 'What is paid from 0 on is `confirmations`.'),
      confirmations: confirmationsText,
    }),
  )
  .default([])

/**
 * What is wrong with `tiers` above the chain's own `confirmations`, if anything: each must begin at
 * a larger amount than the one before it, and must not be weaker.
 */
export function problemOfTiers(
  confirmations: Confirmations,
  tiers: readonly AmountTier[],
): string | undefined {
  let below: AmountTier = { from: 0n, confirmations }
  for (const tier of tiers) {
    if (tier.from <= below.from) {
      return `The tier from ${tier.from} must begin above the one before it, from ${below.from}.`
    }
    if (compareConfirmations(tier.confirmations, below.confirmations) < 0) {
      return (
        `The tier from ${tier.from} waits for ${tier.confirmations}, which is weaker than ` +
        `${below.confirmations} of the amounts below it. A tag is stronger than any depth, and ` +
        'finalized than safe.'
      )
    }
    below = tier
  }
  return undefined
}
