import type { BlockHash } from '@coffer/evm/hash'
import type { Units } from '@coffer/money/units'

/** A deposit as a store of a scan has it, as far as tests look at it. */
export type StoredDeposit = {
  id: string
  owner: string
  asset: string
  amount: Units
  status: string
  reason: string | null
  tier: string | null
  revision: number
  blockNumber: bigint
  blockHash: BlockHash
}

/** An event that a store of a scan has put into its outbox, as far as tests look at it. */
export type OutboxEvent = {
  type: string
  id: string
  key: string
  amount: Units
  /** Of a reversal: that what it takes back had been suspended. */
  suspended?: boolean
}
