import type { Address } from '@coffer/evm/address'
import type { BlockHash, TxHash } from '@coffer/evm/hash'
import type { Units } from '@coffer/money/units'
import type { AuditStore } from './audit-ports.ts'
import type { BalanceProofStore } from './balance-ports.ts'
import type { AmongWatched } from './domain/among-watched.ts'
import type { Block, BlockHeader, BlockRef } from './domain/block.ts'
import type { NativeCandidate } from './domain/detect-transfers.ts'
import type { TaggedHeights, TierHeights } from './domain/finality.ts'
import type { RejectionCounts } from './domain/rejection.ts'
import type { FoundTransfer } from './domain/transfer.ts'
import type { GapStore } from './gap-ports.ts'

/** The tip of a chain as its node tells it, and the tags that the chain's policy names. */
export type Head = BlockRef & { tagged: TaggedHeights }

/** Reads one chain. Adapter: `adapters/json-rpc-chain-reader.ts`. */
export type ChainReader = {
  head(): Promise<Head>
  /** Header at a height of the node's canonical chain; `undefined` beyond its head. */
  headerAt(height: bigint): Promise<BlockHeader | undefined>
  /** Whole blocks from `from` to `to`, ascending, each verified by itself. All or it throws. */
  blocks(from: bigint, to: bigint): Promise<Block[]>
  /** Blocks by their hashes, ascending, with all the proof that there is. All or it throws. */
  wholeBlocks(blocks: readonly BlockRef[]): Promise<Block[]>
  /** Values of transactions, each verified to stand in the block it was found in. */
  values(candidates: readonly NativeCandidate[]): Promise<Map<TxHash, Units>>
  /** By how much the native coin of each account grew in a block: less than 0 if it shrank. */
  gains(block: BlockHeader, accounts: readonly Address[]): Promise<Map<Address, bigint>>
  /**
   * Of a block's fees, what its producer is to earn of them above the base fee, and what `account`
   * paid for transactions of its own.
   */
  fees(
    block: BlockHeader,
    of: { account: Address; baseFee: bigint },
  ): Promise<{ earned: bigint; paid: bigint }>
  /**
   * The same as `gains` of tokens: by how much each of `holdings` grew, in their order; `null` of a
   * token that doesn't tell.
   */
  tokenGains(
    block: BlockHeader,
    holdings: readonly { token: Address; holder: Address }[],
  ): Promise<(bigint | null)[]>
  /** Which contracts are named in the storage of others at the end of a block, in their order. */
  namedContracts(
    block: BlockHeader,
    places: readonly { contract: string; slot: string }[],
  ): Promise<Address[]>
}

/** The addresses whose deposits are wanted. Adapter: `adapters/postgres-watched-set.ts`. */
export type WatchedSet = {
  /** Adds every address that was registered before this call. */
  refresh(): Promise<void>
  has: (address: string) => boolean
  among: AmongWatched
}

/** Where a chain's scan stands. */
export type ScanState = {
  /** The last block that is stored; `null` before the first. */
  checkpoint: BlockRef | null
  /** First block to scan. */
  start: bigint
  final: bigint | null
  /** Why scanning stopped; `null` is scanning. */
  latched: string | null
}

/** Blocks to store at once, and what was found in them. */
export type Advance = {
  /** The checkpoint that the first of `blocks` stands on. */
  parent: BlockRef | null
  /** Parent-linked, ascending. May be empty when only finality moved. */
  blocks: readonly BlockHeader[]
  transfers: readonly FoundTransfer[]
  /** Whether the calls in these blocks are still to be read: then that is owed from now on. */
  owesTraces?: boolean
  head: Head
  /** Deposits up to this height are final, but those that wait for a tier. */
  final: bigint
  /** Up to where those are final; left out, nothing waits for a tier. */
  tiers?: TierHeights
}

/** The branch that left the chain: from the checkpoint down to the last block that stays. */
export type Reorg = { from: BlockRef; to: BlockRef | null }

/** Blocks of which the calls were read now, and the coin that was found to move in them. */
export type TracedPiece = Pick<RescanPiece, 'blocks' | 'transfers'>

/** A piece of a rescan: blocks that were read again and what was found in them. */
export type RescanPiece = {
  id: string
  blocks: readonly BlockHeader[]
  transfers: readonly FoundTransfer[]
}

export type Rescan = { id: string; next: bigint; to: bigint }

/** What is kept of a chain beside its scan, under the same lease. */
type BesideScan = GapStore & BalanceProofStore & AuditStore

/**
 * Stores a chain's scan. Every write is one transaction that takes effect only while this process
 * holds the chain's lease, else throws `LeaseLostError`. Adapter:
 * `adapters/postgres-scan-store.ts`.
 */
export type ScanStore = BesideScan & {
  /** Takes or keeps the lease and tells where the scan stands; `undefined` when another has it. */
  open(): Promise<ScanState | undefined>
  /** Stores blocks, deposits, their events and the checkpoint. Returns how many were published. */
  advance(advance: Advance): Promise<{ found: number; published: number }>
  /** Remembers what the node says its head is, now and then, so that others see that it answers. */
  noteHead(head: Head): Promise<void>
  /** Hashes of stored canonical blocks from `from` to `to`, descending. */
  storedBlocks(from: bigint, to: bigint): Promise<BlockRef[]>
  /**
   * Takes back everything above `to`, as long as `from` is still the checkpoint: marks blocks and
   * deposits orphaned, publishes a reversal for each deposit that had been published, and cuts what
   * is open of gaps. `to: null` takes back every block that is stored.
   */
  rollBack(reorg: Reorg): Promise<{ blocks: number; reversed: number }>
  /** Stops scanning until an operator looks. */
  latch(reason: string): Promise<void>
  /**
   * Stores what was found in calls, publishes what of it is final, and takes the blocks off what
   * is owed (gaps of the kind `traces`). Throws `RescanMovedError` when one of the blocks is not on
   * the stored chain any more, `ChainLatchedError` when the chain is latched by now.
   */
  applyTraces(piece: TracedPiece): Promise<{ found: number; published: number }>
  /** The oldest rescan that isn't done. */
  nextRescan(): Promise<Rescan | undefined>
  /**
   * Stores what a rescan found and publishes the final deposits of these blocks again.
   * Throws `RescanMovedError` when one of the blocks is not on the stored chain any more,
   * `ChainLatchedError` when the chain is latched by now.
   */
  applyRescan(piece: RescanPiece): Promise<{ found: number; added: number; republished: number }>
  /** Gives up a rescan where it has got to, and keeps the reason for an operator. */
  failRescan(id: string, reason: string): Promise<void>
}

/** What came of an advance. */
type AdvanceFacts = {
  blocks: number
  found: number
  published: number
  /** How many of what was read are not credited, by the reason. */
  rejected?: RejectionCounts
}

/** What came of reading calls. */
type TracedFacts = AdvanceFacts

/** What came of asking several endpoints for the block at a height that is to be final. */
export type Witnessing =
  | { result: 'agreed'; height: bigint }
  /** Too few say the same. `failures` counts the times in a row, `problem` says who said what. */
  | { result: 'none'; height: bigint; failures: number; problem: string }
  /** So many as are needed say that it is another than ours. */
  | { result: 'other'; height: bigint; ours: BlockHash; theirs: BlockHash }

/** What a scan tells about itself. Adapter: `adapters/scan-telemetry.ts`. */
export type ScanObserver = {
  polled(head: Head): void
  advanced(to: BlockRef, facts: AdvanceFacts): void
  witnessed(witnessing: Witnessing): void
  rolledBack(to: BlockRef | null, facts: { blocks: number; reversed: number }): void
  latched(reason: string): void
  rescanned(id: string, facts: { found: number; added: number; republished: number }): void
  rescanFailed(id: string, reason: string): void
  /** The receipts of a block had to be read, for its logs prove too little. */
  doubted(height: bigint, doubt: string): void
  /** How far the calls that are read are behind the checkpoint, and the last block that is read. */
  traced(lag: { blocks: bigint; last: BlockHeader | undefined }, facts?: TracedFacts): void
}
