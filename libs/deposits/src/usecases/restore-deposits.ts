import type { ReadEvent } from '@coffer/events/event'

/** A deposit as the last event that told of it left it. */
export type RestoredDeposit = {
  chain: string
  txHash: `0x${string}`
  position: string
  revision: number
  owner: string
  asset: string
  amount: bigint
  from: `0x${string}`
  to: `0x${string}`
  blockNumber: number
  blockHash: `0x${string}`
  blockTime: Date
  /** What it is but for what the ledger says of it. */
  status: 'final' | 'rejected' | 'orphaned'
  reason: string | null
  confirmedAt: Date
}

/** Adapter: `adapters/postgres-restored-deposits.ts`. */
export type RestoredDeposits = {
  /**
   * Stores deposits that are not stored, or that events have taken further than what is stored.
   * Answers how many. At most one of each id.
   */
  restore(deposits: readonly RestoredDeposit[]): Promise<number>
}

type DepositEvent = Extract<
  ReadEvent,
  { type: 'deposit.confirmed' | 'deposit.suspended' | 'deposit.reversed' }
>

/**
 * Stores what the events of wallet.events say of deposits, where the table of deposits was lost: a
 * deposit keeps the revision it was published under, so that what is published of it next is no
 * repeat of what was. Safe to repeat, and to do where nothing was lost. Events of one deposit must
 * be in order.
 */
export const restoreDeposits =
  (deposits: RestoredDeposits) =>
  async (events: readonly DepositEvent[]): Promise<number> => {
    const last = new Map(events.map((event) => [event.data.depositId, event]))
    return last.size === 0 ? 0 : await deposits.restore([...last.values()].map(restored))
  }

function restored({ type, time, data }: DepositEvent): RestoredDeposit {
  const { chain, txHash, position, revision, owner, asset, amount, from, to } = data
  return {
    ...{ chain, txHash, position, revision, owner, asset, amount, from, to },
    blockNumber: data.blockNumber,
    blockHash: data.blockHash,
    blockTime: new Date(data.blockTime),
    status: STATUS[type],
    reason: 'reason' in data ? data.reason : null,
    confirmedAt: new Date(time),
  }
}

const STATUS = {
  'deposit.confirmed': 'final',
  'deposit.suspended': 'rejected',
  'deposit.reversed': 'orphaned',
} as const
