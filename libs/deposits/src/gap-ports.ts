import type { ChainId } from '@coffer/money/chain-id'

/**
 * What is still owed of a range of blocks that were scanned:
 * - `blocks`: they have to be read, for their rows are missing;
 * - `traces`: their calls have to be read, for the native coin that contracts paid;
 * - `audit`: an operator has to look, for the audit found there what the scan had not.
 */
export const GAP_KINDS = ['blocks', 'traces', 'audit'] as const

export type GapKind = (typeof GAP_KINDS)[number]

/** A range of blocks, both ends included, of which something is owed, and why. */
export type Gap = {
  /** Grows with each gap. */
  id: bigint
  chain: ChainId
  kind: GapKind
  /** What is left of it. */
  fromBlock: bigint
  toBlock: bigint
  reason: string
  openedAt: Date
  /** How often working it off failed since it last got smaller. */
  attempts: number
  lastError: string | null
  closedAt: Date | null
  /** `reorg`: the blocks left the chain, and nothing is owed of them any more. */
  closedBy: 'work' | 'reorg' | null
}

export type GapRange = Pick<Gap, 'kind' | 'fromBlock' | 'toBlock'>

/**
 * The gaps of one chain. A gap is never deleted: it closes by the work that fills it, or by the
 * reorg that takes its blocks away (see `ScanStore.rollBack`). Every write is one transaction under
 * the chain's lease, else it throws `LeaseLostError`. Adapter: `adapters/postgres-gaps.ts`.
 */
export type GapStore = {
  /**
   * Opens a gap. One of the same kind and reason that it overlaps or continues grows instead, even
   * if that one was closed: a debt that comes and goes with every block is one row.
   */
  openGap(gap: GapRange & Pick<Gap, 'reason'>): Promise<void>
  /** Of the open ones of a kind those that failed least, and of these the lowest. */
  nextGap(kind: GapKind): Promise<Gap | undefined>
  /** Takes a range out of all open gaps of its kind: they shrink, fall in two, or are closed. */
  closeGaps(range: GapRange): Promise<void>
  /** Records that working off the gap failed. It stays open. */
  failGap(id: bigint, error: string): Promise<void>
}

/** How many gaps of a chain are open, and how many blocks they have together. */
export type GapCount = { chain: ChainId; kind: GapKind; gaps: number; blocks: bigint }

/** Reads the gaps of all chains. Adapter: `adapters/postgres-gap-reader.ts`. */
export type GapReader = {
  /** Newest first, those before the id `before`, at most `limit`. */
  list(
    filter: { chain?: ChainId | undefined; isOpen?: boolean | undefined },
    page: { before: bigint | undefined; limit: number },
  ): Promise<Gap[]>
  find(id: bigint): Promise<Gap | undefined>
  /** Of the open ones, where there are any. */
  counts(): Promise<GapCount[]>
}
