import type { FakeTransaction } from '@coffer/deposits/testing/fake-chain'
import type { Address } from '@coffer/evm/address'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import { MINIMUM } from './accepted-assets.ts'

/** What a transaction pays somebody, and what is to become of it. */
export type Pay = {
  position: string
  from?: Address
  to: Address
  asset: string
  amount: bigint
  /** Why it is not credited, if it is not. */
  reason?: string | null
  /** Whether the node tells of it in words that only a balance proves. */
  isDoubtful?: boolean
}

/** A transaction that is about to be made, and what it pays. */
export type Draft = { transaction: FakeTransaction; pays: readonly Pay[] }

export type Kind = (random: SeededRandom, receivers: readonly Address[]) => Draft

/** Enough to be credited, of any asset. */
export const amountOf = (random: SeededRandom) => MINIMUM + random.bigintBelow(1_000_000n)
