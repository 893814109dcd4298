import type { AssetId } from '@coffer/money/asset'
import type { Units } from '@coffer/money/units'

/** Why it was settled when it was. */
export type SettlementCause = 'threshold' | 'schedule' | 'request'

/** Money of a merchant that stopped being pending. */
export type Settlement = {
  id: string
  merchantId: string
  asset: AssetId
  /** What stopped being pending. */
  amount: Units
  /** What of it is kept back until `releaseAt`; the rest is available. */
  reserve: Units
  /** How many transactions of the ledger it adds up. */
  lines: number
  /** What earlier settlements had left, and what this one leaves; 0 nearly always. */
  carriedIn: bigint
  carriedOut: bigint
  cause: SettlementCause
  createdAt: Date
  completedAt: Date
  releaseAt: Date | undefined
  releasedAt: Date | undefined
}

/** What a merchant may spend of it at once. */
export const availableOf = ({ amount, reserve }: Pick<Settlement, 'amount' | 'reserve'>): bigint =>
  amount - reserve
