import { depositReference } from '@coffer/events/deposit-reference'
import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import { RescanMovedError } from '../adapters/postgres-rescans.ts'
import { LeaseLostError } from '../adapters/scan-lease.ts'
import type { BlockHeader, BlockRef } from '../domain/block.ts'
import { isSuspended } from '../domain/rejection.ts'
import { depositId, type FoundTransfer } from '../domain/transfer.ts'
import type { Latches } from '../latch-ports.ts'
import type { ScanState, ScanStore } from '../ports.ts'
import type { Bookings } from '../usecases/mark-booked.ts'
import { memoryBookings } from './memory-bookings.ts'
import type { OutboxEvent, StoredDeposit } from './stored-deposit.ts'

type StoredBlock = BlockHeader & { orphaned: boolean }
type MemoryRescan = { id: string; next: bigint; to: bigint; done: boolean }

/** What all stores of one chain share. */
export type MemoryScanDatabase = {
  /** The store as the process `holder` has it. */
  store(holder: string): ScanStore
  /** Lets the lease run out, whoever has it. */
  endLease(): void
  requestRescan(from: bigint, to: bigint): string
  latches: Latches
  bookings: Bookings
  deposits(): StoredDeposit[]
  events(): OutboxEvent[]
}

export type MemoryScanOptions = {
  chain: ChainId
  start: bigint
  ownerOf: (address: Address) => string
}

/** {@link ScanStore}s in memory that behave as those in PostgreSQL do. */
export function memoryScanDatabase(options: MemoryScanOptions): MemoryScanDatabase {
  const tables: Tables = {
    ...options,
    checkpoint: null,
    final: null,
    latched: null,
    lease: { holder: null, epoch: 0 },
    blocks: new Map(),
    deposits: new Map(),
    events: [],
    rescans: [],
  }
  return {
    store: (holder) => storeOf(tables, holder),
    endLease() {
      tables.lease.holder = null
      // Even its old holder takes it anew, as it would after somebody else had it.
      tables.lease.epoch += 1
    },
    requestRescan(from, to) {
      const id = `rescan-${tables.rescans.length + 1}`
      tables.rescans.push({ id, next: from, to, done: false })
      return id
    },
    latches: latchesOf(tables),
    bookings: memoryBookings(tables.deposits),
    deposits: () => [...tables.deposits.values()].map((deposit) => ({ ...deposit })),
    events: () => [...tables.events],
  }
}

type Tables = MemoryScanOptions & {
  checkpoint: BlockRef | null
  final: bigint | null
  latched: string | null
  lease: { holder: string | null; epoch: number }
  blocks: Map<string, StoredBlock>
  deposits: Map<string, StoredDeposit>
  events: OutboxEvent[]
  rescans: MemoryRescan[]
}

function storeOf(tables: Tables, holder: string): ScanStore {
  const { chain, start, lease } = tables
  let epoch: number | undefined

  const requireLease = () => {
    if (lease.holder !== holder || lease.epoch !== epoch) throw new LeaseLostError(chain)
  }
  const requireCheckpoint = (expected: BlockRef | null) => {
    requireLease()
    if (tables.checkpoint?.hash !== expected?.hash) throw new LeaseLostError(chain)
  }
  return {
    async open(): Promise<ScanState | undefined> {
      epoch = undefined
      if (lease.holder !== null && lease.holder !== holder) return undefined
      if (lease.holder === null) lease.epoch += 1
      lease.holder = holder
      epoch = lease.epoch
      const { checkpoint, final, latched } = tables
      return { checkpoint, start, final, latched }
    },

    async advance({ parent, blocks, transfers, final }) {
      requireCheckpoint(parent)
      for (const block of blocks) tables.blocks.set(block.hash, { ...block, orphaned: false })
      const last = blocks.at(-1)
      if (last) tables.checkpoint = { number: last.number, hash: last.hash }
      tables.final = tables.final !== null && tables.final > final ? tables.final : final
      const stored = storeDeposits(tables, transfers, final)
      const settled = settle(tables, final)
      const published = [...stored.filter(isPublished), ...settled]
      publish(tables, published, 'confirmation')
      return { found: stored.length, published: published.length }
    },

    // Nothing here reads the head.
    async noteHead() {},

    async storedBlocks(from, to) {
      return [...tables.blocks.values()]
        .filter(({ number, orphaned }) => !orphaned && number >= from && number <= to)
        .sort((a, b) => Number(b.number - a.number))
        .map(({ number, hash }) => ({ number, hash }))
    },

    async rollBack({ from, to }) {
      requireCheckpoint(from)
      return takeBack(tables, to)
    },

    async latch(reason) {
      requireLease()
      tables.latched = reason
    },

    ...rescansOf(tables, requireLease),
  }
}

/** Takes back everything above `to`. */
function takeBack(tables: Tables, to: BlockRef | null): { blocks: number; reversed: number } {
  const lowest = to ? to.number + 1n : tables.start
  const undone = [...tables.blocks.values()].filter(
    ({ orphaned, number }) => !orphaned && number >= lowest,
  )
  for (const block of undone) block.orphaned = true
  tables.checkpoint = to && { number: to.number, hash: to.hash }
  tables.final = to === null || tables.final === null ? null : least(tables.final, to.number)
  const gone = [...tables.deposits.values()].filter(({ blockNumber, status }) => {
    if (status === 'seen') return to === null || blockNumber >= lowest
    return ['final', 'credited', 'rejected'].includes(status) && blockNumber >= lowest
  })
  const published = gone.filter(isPublished)
  publish(tables, published, 'reversal')
  for (const deposit of gone) Object.assign(deposit, { status: 'orphaned', reason: 'reorg' })
  return { blocks: undone.length, reversed: published.length }
}

function latchesOf(tables: Tables): Latches {
  return {
    async state() {
      const { checkpoint, start, final, latched } = tables
      return { checkpoint, start, final, latched }
    },
    async storedBlock(_chain, height) {
      const found = [...tables.blocks.values()].find(
        ({ orphaned, number }) => !orphaned && number === height,
      )
      return found && { number: found.number, hash: found.hash }
    },
    async reversible(_chain, to, limit) {
      const lowest = to ? to.number + 1n : tables.start
      const found = [...tables.deposits.values()]
        .filter((deposit) => isPublished(deposit) && deposit.blockNumber >= lowest)
        .sort((a, b) => Number(a.blockNumber - b.blockNumber))
      const oldest = found
        .slice(0, limit)
        .map(({ id, owner, asset, amount, status, blockNumber }) => {
          return { id, owner, asset, amount, status, blockNumber }
        })
      return { count: found.length, oldest }
    },
    async unlatch(_chain, { from, to }) {
      if (tables.latched === null || tables.checkpoint?.hash !== from?.hash) return undefined
      tables.latched = null
      return to?.hash === from?.hash ? { blocks: 0, reversed: 0 } : takeBack(tables, to)
    },
  }
}

function rescansOf(
  tables: Tables,
  requireLease: () => void,
): Pick<ScanStore, 'nextRescan' | 'applyRescan'> {
  return {
    async nextRescan() {
      return tables.rescans.find(({ done }) => !done)
    },

    async applyRescan({ id, blocks, transfers }) {
      requireLease()
      for (const { number, hash } of blocks) {
        const isCanonical = tables.blocks.get(hash)?.orphaned === false
        if (number >= tables.start && !isCanonical) throw new RescanMovedError(tables.chain)
      }
      const before = new Set(tables.deposits.keys())
      const stored = storeDeposits(tables, transfers, tables.final ?? -1n)
      const numbers = new Set(blocks.map(({ number }) => number))
      const known = [...tables.deposits.values()].filter(
        (deposit) =>
          numbers.has(deposit.blockNumber) && isPublished(deposit) && !stored.includes(deposit),
      )
      const fresh = stored.filter(isPublished)
      publish(tables, [...fresh, ...known], 'confirmation')
      const rescan = tables.rescans.find((each) => each.id === id)
      const next = (blocks.at(-1)?.number ?? -1n) + 1n
      if (rescan) Object.assign(rescan, { next, done: next > rescan.to })
      return {
        found: transfers.length,
        added: stored.filter((deposit) => !before.has(deposit.id)).length,
        republished: known.length,
      }
    },
  }
}

function storeDeposits(
  tables: Tables,
  transfers: readonly FoundTransfer[],
  final: bigint,
): StoredDeposit[] {
  return transfers.flatMap((transfer) => {
    const id = depositId(tables.chain, transfer)
    const known = tables.deposits.get(id)
    const { asset, amount, to, block, rejection = null } = transfer
    if (known && !mayBecome(known, rejection)) return []
    const isBooked = rejection === null || isSuspended(rejection)
    const isFinal = isBooked && block.number <= final
    const settled = rejection === null ? 'final' : 'rejected'
    const deposit = {
      id,
      owner: tables.ownerOf(to),
      asset,
      amount,
      status: isFinal || !isBooked ? settled : 'seen',
      reason: rejection,
      revision: (known?.revision ?? 0) + (isFinal ? 1 : 0),
      blockNumber: block.number,
      blockHash: block.hash,
    }
    tables.deposits.set(id, deposit)
    return [deposit]
  })
}

/** Whether what is known of a deposit gives way to what was found now. */
function mayBecome({ status, reason }: StoredDeposit, rejection: string | null): boolean {
  if (status === 'orphaned' || status === 'reversed') return true
  return status === 'rejected' && !isSuspended(reason) && reason !== rejection
}

const isPublished = ({ status, reason }: StoredDeposit): boolean =>
  ['final', 'credited'].includes(status) || (status === 'rejected' && isSuspended(reason))

function settle(tables: Tables, final: bigint): StoredDeposit[] {
  const settled = [...tables.deposits.values()].filter(
    ({ status, blockNumber }) => status === 'seen' && blockNumber <= final,
  )
  for (const deposit of settled) {
    deposit.status = deposit.reason === null ? 'final' : 'rejected'
    deposit.revision += 1
  }
  return settled
}

function publish(
  { events }: Tables,
  deposits: readonly StoredDeposit[],
  kind: 'confirmation' | 'reversal',
): void {
  const inOrder = deposits.toSorted((a, b) => Number(a.blockNumber - b.blockNumber))
  for (const { id, revision, owner, amount, reason } of inOrder) {
    const reference = depositReference({ depositId: id, revision, kind })
    const told = { id: reference, key: owner, amount }
    const suspended = reason !== null
    if (kind === 'reversal') {
      events.push({ type: 'deposit.reversed', ...told, ...(suspended ? { suspended } : {}) })
    } else {
      events.push({ type: suspended ? 'deposit.suspended' : 'deposit.confirmed', ...told })
    }
  }
}

const least = (a: bigint, b: bigint) => (a < b ? a : b)
