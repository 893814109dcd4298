import type { Address } from '@coffer/evm/address'
import type { BlockHash, TxHash } from '@coffer/evm/hash'
import type { BookedDeposits } from '@coffer/ledger/booked-deposits'
import type { Custody } from '@coffer/ledger/custody-at'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { ChainTransfer, DepositName } from './domain/judge-credit.ts'

/** A block at whose end both sides are held against each other. */
export type ChainBlock = { number: bigint; hash: BlockHash; at: Date }

/** What a transaction moved at one place, between whom. */
export type Moved = {
  /** `value`, `log:n` or `trace:n.m`, as of a deposit. */
  position: string
  asset: AssetId
  from: Address
  to: Address
  amount: bigint
}

/** All that a mined transaction moved; nothing if it failed. */
export type Movements = {
  block: ChainBlock
  sender: Address
  succeeded: boolean
  moved: readonly Moved[]
  /** Whether the node told of inner calls as well. */
  tellsCalls: boolean
}

/** Asks the nodes of one chain. Adapter: `adapters/json-rpc-custody.ts`. */
export type CustodyChain = {
  /** Up to where no block is taken back, by the chain's policy. */
  finalHeight(): Promise<bigint>
  /** The last final block after which time went on: nothing that is in a later one is as old. */
  finalBlock(): Promise<ChainBlock>
  /** What holders have of assets, of all of them together, at the end of a block. */
  balances(
    block: ChainBlock,
    holders: readonly Address[],
    assets: readonly AssetId[],
  ): Promise<Map<AssetId, bigint>>
  /**
   * All that a transaction moved, by the word of as many hosts as the chain's policy asks for.
   * `again` asks somebody else, if one is enough and there is another.
   */
  movements(transaction: TxHash, options?: { again?: boolean }): Promise<Movements | undefined>
  /**
   * What the chain says of each name, in order: `undefined` where it has no such transfer. `again`
   * asks somebody else, if there is.
   */
  transfers(
    names: readonly DepositName[],
    options?: { again?: boolean },
  ): Promise<(ChainTransfer | undefined)[]>
}

/** What the ledger says of a chain. Adapter: `adapters/postgres-chain-books.ts`. */
export type ChainBooks = {
  deposits(after: string | undefined, limit: number): Promise<BookedDeposits>
  custody(assets: readonly AssetId[], at: Date): Promise<ReadonlyMap<AssetId, Custody>>
}

/** A payout that is held to be paid for good. */
export type PaidPayout = {
  id: string
  asset: AssetId
  to: Address
  amount: bigint
  /** The transaction that paid it; `undefined` is none that we know of. */
  txHash: TxHash | undefined
  endedAt: Date
}

export type PayoutQuery = {
  chain: ChainId
  /** Only those that ended at this time or later. */
  since?: Date | undefined
  /** Only those of blocks up to this one. */
  until: bigint
  /** The last one of the page before. */
  after?: { endedAt: Date; id: string } | undefined
  limit: number
}

/** Payouts of a chain in the order in which they ended, as those tell who pay. */
export type ReadPayouts = (query: PayoutQuery) => Promise<PaidPayout[]>

/** Whose addresses are. Adapter: `adapters/postgres-chain-books.ts`. */
export type WatchedHolders = {
  /** Watched addresses in order, after `after`. */
  page(after: Address | undefined, limit: number): Promise<Address[]>
  /** The owners of those that somebody has. */
  ownersOf(addresses: readonly Address[]): Promise<ReadonlyMap<Address, string>>
}

/** One chain, as it is reconciled. */
export type ReconciledChain = {
  chain: ChainId
  nodes: CustodyChain
  books: ChainBooks
  holders: WatchedHolders
  /** What is held to be ours beside what is watched: hot and cold wallets. */
  ownAddresses: readonly Address[]
  /** Those that are accepted, and whether a transfer may arrive in part. */
  assets: readonly { id: AssetId; arrivesInPart: boolean }[]
}
