import type { Address } from '@coffer/evm/address'
import type { BlockHash } from '@coffer/evm/hash'
import type { AssetId } from '@coffer/money/asset'
import type { Units } from '@coffer/money/units'

/** A deposit as a store of a scan has it, as far as tests look at it. */
export type StoredDeposit = {
  id: string
  owner: string
  from: Address
  to: Address
  asset: AssetId
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
