import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { Registration } from '../domain/audit.ts'
import type { BlockHeader, BlockRef } from '../domain/block.ts'
import type { TierHeights } from '../domain/finality.ts'
import type { Gap } from '../gap-ports.ts'
import type { MemoryProofs } from './memory-balance-proofs.ts'
import type { OutboxEvent, StoredDeposit } from './stored-deposit.ts'

/** What a chain's tables begin with. */
export type MemoryScanOptions = {
  chain: ChainId
  start: bigint
  ownerOf: (address: Address) => string
  /** What time it is; left out, what it really is. */
  now?: () => Date
}

type StoredBlock = BlockHeader & { orphaned: boolean; scannedAt: Date }
type MemoryRescan = {
  id: string
  next: bigint
  to: bigint
  done: boolean
  reason?: string
  gap: bigint | undefined
}

/** What the tables of `../schema.ts` hold of one chain. */
export type Tables = MemoryScanOptions & {
  checkpoint: BlockRef | null
  final: bigint | null
  tiers: TierHeights
  audited: bigint | null
  latched: string | null
  lease: { holder: string | null; epoch: number }
  blocks: Map<string, StoredBlock>
  deposits: Map<string, StoredDeposit>
  events: OutboxEvent[]
  rescans: MemoryRescan[]
  gaps: Gap[]
  proofs: MemoryProofs
  /** Of addresses that were not watched for ever. */
  registrations: Map<Address, Registration>
}
