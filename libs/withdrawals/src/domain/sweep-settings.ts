import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { FeeCaps } from './fees.ts'

/** What of a chain is swept, and what that may cost. */
export type SweepSettings = {
  chain: ChainId
  hotWallet: Address
  /** The contract behind the addresses of payments; without it they are not swept. */
  forwarders: Address | undefined
  /** Whether addresses of the HD wallet are swept: the signer must have its key. */
  isDerivedSwept: boolean
  /**
   * Least of an asset that is worth sweeping. A token without one is never swept, for nothing here
   * knows what it is worth; of the coin there must be more than it costs in any case.
   */
  minimums: ReadonlyMap<AssetId, bigint>
  /** Most that all sweeps of 24 hours may cost, wei. */
  budget: bigint
  fees: FeeCaps
  /** Most addresses that are flushed in one transaction. */
  batchMax: number
  /** Most gas of one sweep. */
  gasMax: bigint
  /** Where what the hot wallet has too much of goes. */
  cold: Address | undefined
  /** How much of an asset the hot wallet keeps; the rest goes to the cold address. */
  keep: ReadonlyMap<AssetId, bigint>
}

/** The coin must be worth so many times what it costs to sweep it. */
const WORTH_TIMES = 2n

export const isWorthIt = (value: bigint, cost: bigint): boolean => value > WORTH_TIMES * cost

/** What is above what the hot wallet keeps; nothing until that is a tenth of it. */
export const surplusOf = (balance: bigint, keep: bigint): bigint =>
  balance > keep + keep / 10n ? balance - keep : 0n
