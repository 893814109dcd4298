import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'
import type { BlockRef } from './domain/block.ts'
import type { ScanState } from './ports.ts'

/** A deposit whose confirmation was published, as an operator is shown it. */
export type PublishedDeposit = {
  id: string
  owner: string
  asset: string
  amount: Units
  status: string
  blockNumber: bigint
}

/**
 * The scans of all chains as an operator sees to them who holds no lease: a chain that is latched
 * is written to by nobody else. Adapter: `adapters/postgres-latches.ts`.
 */
export type Latches = {
  /** `undefined` before the scan of `chain` began. */
  state(chain: ChainId): Promise<ScanState | undefined>
  /** Stored canonical block at a height. */
  storedBlock(chain: ChainId, height: bigint): Promise<BlockRef | undefined>
  /** What taking back everything above `to` would reverse: how many, and the oldest of them. */
  reversible(
    chain: ChainId,
    to: BlockRef | null,
    limit: number,
  ): Promise<{ count: number; oldest: PublishedDeposit[] }>
  /**
   * Takes back everything above `to` as `ScanStore.rollBack` does, if anything is above it,
   * and lets the scan go on, all or nothing. `undefined` and nothing is done when the chain is not
   * latched any more or its checkpoint is not `from`.
   */
  unlatch(
    chain: ChainId,
    branch: { from: BlockRef | null; to: BlockRef | null },
  ): Promise<{ blocks: number; reversed: number } | undefined>
}
