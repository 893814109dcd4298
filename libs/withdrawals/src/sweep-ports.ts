import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { OutgoingRoom } from './ports.ts'

/** An asset that came to an address of ours. */
export type Arrival = { chain: ChainId; address: Address; asset: AssetId }

/** An asset at an address that may be worth sweeping, and what the address is. */
export type SweepSource = Arrival & {
  owner: string
  /** Place in the HD wallet; `undefined` for a forwarder, or an address that was imported. */
  derivationIndex: number | undefined
}

/** What may be at our addresses. Adapter: `adapters/postgres-sweeps.ts`. */
export type Sweeps = {
  /** Remembers that something came: it is looked at at once. */
  note(arrivals: readonly Arrival[], at: Date): Promise<void>
  /** Has those looked at again whose transaction has ended, later each time. */
  release(chain: ChainId, at: Date): Promise<void>
  /**
   * What is due, the one that is due longest first. Left out is what a transaction under way takes,
   * and all of an address that sends one, or gets gas, until that has ended.
   */
  due(chain: ChainId, until: Date, limit: number): Promise<SweepSource[]>
  postpone(sources: readonly Arrival[], dueAt: Date): Promise<void>
  /** Nothing is there, or nothing that we could send. */
  forget(sources: readonly Arrival[]): Promise<void>
}

/** What can be done to sweeps in one transaction of the database. */
export type SweepRoom = {
  /** Nobody else plans sweeps of this chain until this transaction ends. */
  lockChain(chain: ChainId): Promise<void>
  /**
   * What transactions other than payouts cost since `since`, of those under way the most that they
   * may.
   */
  spent(chain: ChainId, since: Date): Promise<bigint>
  /** Binds sources to a transaction; `false` if one of them was bound or forgotten meanwhile. */
  claim(sources: readonly Arrival[], transactionId: string): Promise<boolean>
  outgoing: Pick<OutgoingRoom, 'lockSender' | 'insert'>
}

/** Does `work` in one transaction: all of it is kept, or nothing when it throws. */
export type SweepRooms = <Result>(work: (room: SweepRoom) => Promise<Result>) => Promise<Result>
