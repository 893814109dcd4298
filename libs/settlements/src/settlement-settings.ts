import { z } from 'zod'
import type { SettlementTerms } from './domain/settlement-terms.ts'

/** Settings of how merchants are settled that chose nothing else: of the API and settlement. */
export const settlementSettings = {
  /** From how much on it is settled at once, in the asset's smallest unit. 1 is every payment. */
  SETTLEMENT_THRESHOLD: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/, "Expected a whole number of the asset's smallest unit")
    .transform(BigInt)
    .default(1n),
  /** How long after a payment its money is pending at least, days. */
  SETTLEMENT_HOLD_BACK_DAYS: z.coerce.number().int().min(0).max(365).default(0),
  /** What of a settlement is kept back, hundredths of a per cent. */
  SETTLEMENT_RESERVE_BASIS_POINTS: z.coerce.number().int().min(0).max(10_000).default(0),
  /** For how long it is kept back, days. */
  SETTLEMENT_RESERVE_DAYS: z.coerce.number().int().min(1).max(365).default(30),
}

type Settings = z.output<z.ZodObject<typeof settlementSettings>>

/** The terms that these settings say. */
export const settlementTerms = (settings: Settings): SettlementTerms => ({
  thresholds: {},
  threshold: settings.SETTLEMENT_THRESHOLD,
  holdBackDays: settings.SETTLEMENT_HOLD_BACK_DAYS,
  reserveBasisPoints: settings.SETTLEMENT_RESERVE_BASIS_POINTS,
  reserveDays: settings.SETTLEMENT_RESERVE_DAYS,
})
