import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'

export const DEPOSIT_STATUSES = [
  'seen',
  'final',
  'credited',
  'orphaned',
  'reversed',
  'rejected',
] as const

export type DepositStatus = (typeof DEPOSIT_STATUSES)[number]

/** A deposit as people and programs read it. */
export type DepositView = {
  /** Grows in the order of discovery. */
  sequence: bigint
  owner: string
  chain: ChainId
  txHash: `0x${string}`
  position: string
  asset: AssetId
  amount: Units
  from: `0x${string}`
  to: `0x${string}`
  blockNumber: bigint
  blockHash: `0x${string}`
  status: DepositStatus
  reason: string | null
  /** What it waits for by its amount; `null` is what its chain says. */
  tier: string | null
  /** How often it was confirmed. */
  revision: number
  seenAt: Date
  confirmedAt: Date | null
  creditedAt: Date | null
  /** The last block of its chain that is scanned. */
  checkpoint: bigint | null
}

export type DepositFilter = {
  /** Of owners of this tenant. */
  tenant?: string | undefined
  owner?: string | undefined
  status?: DepositStatus | undefined
  reason?: string | undefined
  chain?: ChainId | undefined
  asset?: AssetId | undefined
  txHash?: `0x${string}` | undefined
  /** An address of ours. */
  to?: `0x${string}` | undefined
}

/** Reads deposits. Adapter: `adapters/postgres-deposit-reader.ts`. */
export type DepositReader = {
  /** Newest first, those before the place `before`, at most `limit`. */
  list(
    filter: DepositFilter,
    page: { before: bigint | undefined; limit: number },
  ): Promise<DepositView[]>
  find(
    identity: Pick<DepositView, 'chain' | 'txHash' | 'position'>,
  ): Promise<DepositView | undefined>
}

/** Where the scan of one chain stands. Heights are `null` until they are known. */
export type ChainStatus = {
  chain: ChainId
  /** Newest block that the node told of. */
  head: bigint | null
  headSeenAt: Date | null
  /** Since then, by the database's clock. */
  headAgeSeconds: number | null
  final: bigint | null
  checkpoint: bigint | null
  /** How old the last scanned block is; 0 when there is no later one. */
  lagSeconds: number | null
  /** Blocks up to the checkpoint from the oldest on whose calls are still to be read. */
  traceLagBlocks: bigint
  /** How old that one is; 0 when there is none. */
  traceLagSeconds: number
  latchedReason: string | null
  /** The last block that was audited. */
  audited: bigint | null
}

/** Reads where scans stand. Adapter: `adapters/postgres-chain-statuses.ts`. */
export type ChainStatuses = {
  /** Of every chain whose scan ever began. */
  all(): Promise<ChainStatus[]>
  /** The first block of `chain` that is not scanned yet; 0 before the first. */
  scanPosition(chain: ChainId): Promise<bigint>
}

/** A range of blocks to read again, and how far that is. */
export type RescanView = {
  id: string
  chain: ChainId
  fromBlock: bigint
  toBlock: bigint
  /** The first block that is still to be read. */
  nextBlock: bigint
  /** `failed` is given up: it would never get further. */
  status: 'pending' | 'done' | 'failed'
  /** Why it failed. */
  reason: string | null
  found: number
  added: number
  republished: number
  requestedAt: Date
  finishedAt: Date | null
}

export type RescanRange = Pick<RescanView, 'chain' | 'fromBlock' | 'toBlock'> & {
  /** The gap that it is to close. */
  gap?: bigint
}

/** Takes requests for rescans. Adapter: `adapters/postgres-rescan-requests.ts`. */
export type RescanRequests = {
  add(range: RescanRange): Promise<RescanView>
  find(id: string): Promise<RescanView | undefined>
}
