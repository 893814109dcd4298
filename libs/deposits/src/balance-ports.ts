import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { BlockRef } from './domain/block.ts'

/** What one address has of one asset. */
export type Holding = { asset: AssetId; holder: Address }

/** Asks a chain's nodes who has what. Adapter: `adapters/json-rpc-balances.ts`. */
export type BalanceReader = {
  /**
   * Balances at the ends of blocks, by their hashes, in order; `null` where a token does not tell.
   * `undefined` when the node keeps one of the states no more.
   */
  balancesAt(
    asked: readonly { holding: Holding; block: BlockRef }[],
  ): Promise<(bigint | null)[] | undefined>
  /**
   * What left a holding after one block until the end of another; `null` when nobody can tell
   * without reading every block between.
   */
  sent(holding: Holding, range: { after: BlockRef; to: BlockRef }): Promise<bigint | null>
}

/** A holding to prove, and what is known of it. */
export type DueHolding = Holding & {
  owner: string
  /** What it was proven to be last; `null` when never, or when that block left the chain. */
  proven: { block: BlockRef; balance: bigint } | null
  /** The block before its first deposit that is to be proven, where one is known. */
  before: BlockRef | null
}

/** A balance that deposits and what was sent do not explain. Both ends are blocks. */
export type BalanceDifference = Holding & {
  owner: string
  /** The block at which `base` was its balance. */
  from: bigint
  to: bigint
  base: bigint
  /** Deposits after `from`, until `to`. */
  detected: bigint
  sent: bigint
  /** Its balance at `to`; `null` when its token does not tell. */
  found: bigint | null
}

/**
 * Holdings of which a state that it takes was gone:
 * - `adopted`: that before their first deposits; what they have was taken as it was found;
 * - `waiting`: that of the last final block; nothing is proven until it is there.
 */
export type ProofSkip = {
  kind: 'adopted' | 'waiting'
  from: bigint
  to: bigint
  holdings: number
}

/** What came of a step of the proof. */
export type ProofStep = {
  /** The block at whose end balances were asked. */
  to: BlockRef
  /** Balances that were asked; `null` where a token did not tell. */
  proven: readonly (Holding & { owner: string; balance: bigint | null })[]
  differences: readonly BalanceDifference[]
  skip?: ProofSkip
  /** Every holding with a deposit up to here is proven; left out, there is more to do. */
  provenTo?: bigint
}

/** Where the proof of a chain's balances stands. */
export type ProofStand = {
  /** The last block up to which it is done; `null` before the first, or when that one is gone. */
  provenTo: bigint | null
  /** The first block of which deposits may still be missing, for they are owed; see gaps. */
  owedFrom: bigint | null
  /** How far the scan is behind the head of its node. */
  lagBlocks: bigint
}

/**
 * The balance proof of one chain. Every write is one transaction under the chain's lease, else it
 * throws `LeaseLostError`. Adapter: `adapters/postgres-balance-proofs.ts`.
 */
export type BalanceProofStore = {
  proofStand(): Promise<ProofStand>
  /**
   * Holdings of `assets` that had deposits in blocks `from` to `through` and were not proven since,
   * those of the lowest blocks first, at most `limit`.
   */
  touchedHoldings(
    range: { from: bigint; through: bigint },
    options: { assets: readonly AssetId[]; limit: number },
  ): Promise<DueHolding[]>
  /** Holdings of `assets` that were proven longest ago, before block `to`. */
  oldestHoldings(
    to: bigint,
    options: { assets: readonly AssetId[]; limit: number },
  ): Promise<DueHolding[]>
  /** What deposits added to holdings after a block each, until block `to`, in order. */
  detectedIn(
    holdings: readonly (Holding & { owner: string; after: bigint })[],
    to: bigint,
  ): Promise<bigint[]>
  /**
   * Records a step, and closes differences that deposits which were found since explain. Returns
   * how many are open. Throws `LeaseLostError` too when `to` left the stored chain.
   */
  recordProof(step: ProofStep): Promise<{ open: number; explained: number }>
}

export type ProofSkipView = ProofSkip & {
  chain: ChainId
  noticedAt: Date
  /** When a proof that waited went on. */
  closedAt: Date | null
}

/** A difference as an operator is shown it. */
export type BalanceDifferenceView = BalanceDifference & {
  /** Grows with each. */
  id: bigint
  chain: ChainId
  noticedAt: Date
  closedAt: Date | null
  /** `explained`: by deposits that were found later; else an operator's words. */
  closedBy: string | null
}

/** Reads and resolves differences. Adapter: `adapters/postgres-balance-differences.ts`. */
export type BalanceDifferences = {
  /** Newest first, those before the id `before`, at most `limit`. */
  list(
    filter: { chain?: ChainId | undefined; isOpen?: boolean | undefined },
    page: { before: bigint | undefined; limit: number },
  ): Promise<BalanceDifferenceView[]>
  find(id: bigint): Promise<BalanceDifferenceView | undefined>
  /** What could not be proven, of all chains; newest first. */
  skips(limit: number): Promise<ProofSkipView[]>
  /** Closes an open one with the operator's words. Returns whether it was open. */
  close(id: bigint, reason: string): Promise<boolean>
}

/** What the balance proof tells about itself. Adapter: `adapters/balance-telemetry.ts`. */
export type BalanceObserver = {
  proven(facts: { to: bigint; holdings: number; open: number; explained: number }): void
  differs(difference: BalanceDifference): void
  skipped(skip: ProofSkip): void
}
