import { z } from 'zod'

/** How balances on chain are held against the deposits that were found. */
export type BalanceProof = {
  /** Final blocks between two proofs, at least. Nodes must keep states for longer. */
  everyBlocks: number
  /** How many of the balances that were proven longest ago are proven again each time. */
  recheck: number
}

const BLOCKS = 16
const RECHECK = 50

/** `balanceProof` of a chain in the file of settings; `undefined` is not to prove balances. */
export const balanceProofSetting = z
  .strictObject({
    enabled: z.boolean().default(true),
    everyBlocks: z.int().min(1).max(10_000).default(BLOCKS),
    recheck: z.int().min(0).max(1_000).default(RECHECK),
  })
  .prefault({})
  .transform(({ enabled, ...proof }): BalanceProof | undefined => (enabled ? proof : undefined))

/** The same as a variable: the blocks alone, and 0 is never. */
export const balanceProofVariable = z.coerce
  .number()
  .int()
  .min(0)
  .max(10_000)
  .default(BLOCKS)
  .transform((everyBlocks): BalanceProof | undefined =>
    everyBlocks > 0 ? { everyBlocks, recheck: RECHECK } : undefined,
  )
