import type { Address } from '@coffer/evm/address'
import { ChainLatchedError, LeaseLostError } from '../adapters/scan-lease.ts'
import type { BalanceDifferences } from '../balance-ports.ts'
import type { Registration } from '../domain/audit.ts'
import type { BlockRef } from '../domain/block.ts'
import { owedTraces } from '../domain/owed-traces.ts'
import type { GapReader } from '../gap-ports.ts'
import type { Latches } from '../latch-ports.ts'
import type { ScanState, ScanStore } from '../ports.ts'
import type { Bookings } from '../usecases/mark-booked.ts'
import type { Releases } from '../usecases/release-deposit.ts'
import { memoryAuditStore } from './memory-audits.ts'
import { memoryBalanceDifferences, memoryBalanceProofs } from './memory-balance-proofs.ts'
import { requireCanonical, restoreBlocks, storeBlocks } from './memory-blocks.ts'
import { memoryBookings } from './memory-bookings.ts'
import { isPublished, publish, settle, storeDeposits } from './memory-deposits.ts'
import { closeGapOf, cutGaps, memoryGapReader, memoryGapStore, openGap } from './memory-gaps.ts'
import { memoryReleases } from './memory-releases.ts'
import type { MemoryScanOptions, Tables } from './memory-tables.ts'
import { memoryTraceStore } from './memory-traces.ts'
import type { Tamper } from './scan-facts.ts'
import type { OutboxEvent, StoredDeposit } from './stored-deposit.ts'

/** What all stores of one chain share. */
export type MemoryScanDatabase = {
  /** The store as the process `holder` has it. */
  store(holder: string): ScanStore
  /** Lets the lease run out, whoever has it. */
  endLease(): void
  requestRescan(from: bigint, to: bigint, gap?: bigint): string
  latches: Latches
  bookings: Bookings
  gaps: GapReader
  tamper: Tamper & {
    /** Stores the deposit `id` as if it were another. */
    rename(id: string, other: string): Promise<void>
  }
  /** Says since when an address is watched; of all others it is for ever. */
  register(address: Address, registration: Registration): void
  releases: Releases
  differences: BalanceDifferences
  deposits(): StoredDeposit[]
  deposit(id: string): Readonly<StoredDeposit> | undefined
  events(): OutboxEvent[]
}

/** {@link ScanStore}s in memory that behave as those in PostgreSQL do. */
export function memoryScanDatabase(options: MemoryScanOptions): MemoryScanDatabase {
  const tables: Tables = {
    ...options,
    checkpoint: null,
    final: null,
    tiers: {},
    audited: null,
    latched: null,
    lease: { holder: null, epoch: 0 },
    blocks: new Map(),
    deposits: new Map(),
    events: [],
    rescans: [],
    gaps: [],
    proofs: { proven: new Map(), provenTo: null, differences: [], skips: [] },
    registrations: new Map(),
  }
  return {
    store: (holder) => storeOf(tables, holder),
    endLease() {
      tables.lease.holder = null
      // Even its old holder takes it anew, as it would after somebody else had it.
      tables.lease.epoch += 1
    },
    requestRescan(from, to, gap) {
      const id = `rescan-${tables.rescans.length + 1}`
      tables.rescans.push({ id, next: from, to, done: false, gap })
      return id
    },
    latches: latchesOf(tables),
    bookings: memoryBookings(tables.deposits),
    gaps: memoryGapReader(tables),
    tamper: tamperWith(tables),
    register: (address, registration) => tables.registrations.set(address, registration),
    releases: memoryReleases(tables),
    differences: memoryBalanceDifferences(tables),
    deposits: () => [...tables.deposits.values()].map((deposit) => ({ ...deposit })),
    deposit: (id) => tables.deposits.get(id),
    events: () => [...tables.events],
  }
}

const tamperWith = ({ blocks, deposits }: Tables): MemoryScanDatabase['tamper'] => ({
  async forgetBlock(height) {
    for (const { number, hash } of [...blocks.values()]) if (number === height) blocks.delete(hash)
  },
  async forgetDeposit(id) {
    deposits.delete(id)
  },
  async setAmount(id, amount) {
    Object.assign(deposits.get(id) ?? {}, { amount })
  },
  async rename(id, other) {
    const deposit = deposits.get(id)
    deposits.delete(id)
    if (deposit) deposits.set(other, { ...deposit, id: other })
  },
})

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

    async advance({ parent, blocks, transfers, final, tiers = {}, owesTraces = false }) {
      requireCheckpoint(parent)
      storeBlocks(tables, blocks)
      const last = blocks.at(-1)
      if (last) tables.checkpoint = { number: last.number, hash: last.hash }
      if (owesTraces && last) openGap(tables, owedTraces(blocks))
      tables.final = tables.final !== null && tables.final > final ? tables.final : final
      tables.tiers = tiers
      const stored = storeDeposits(tables, transfers, { final, tiers })
      const settled = settle(tables, { final, tiers })
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
    ...memoryTraceStore(tables, requireLease),
    ...memoryGapStore(tables, requireLease),
    ...memoryBalanceProofs(tables, requireLease),
    ...memoryAuditStore(tables, requireLease),
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
  tables.tiers = {}
  tables.audited = to === null || tables.audited === null ? null : least(tables.audited, to.number)
  const gone = [...tables.deposits.values()].filter(({ blockNumber, status }) => {
    if (status === 'seen') return to === null || blockNumber >= lowest
    return ['final', 'credited', 'rejected'].includes(status) && blockNumber >= lowest
  })
  const published = gone.filter(isPublished)
  publish(tables, published, 'reversal')
  cutGaps(tables, lowest - 1n)
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
): Pick<ScanStore, 'nextRescan' | 'applyRescan' | 'failRescan'> {
  return {
    async nextRescan() {
      return tables.rescans.find(({ done }) => !done)
    },

    async applyRescan({ id, blocks, transfers }) {
      requireLease()
      if (tables.latched !== null) throw new ChainLatchedError(tables.chain)
      restoreBlocks(tables, blocks)
      requireCanonical(tables, blocks)
      const before = new Set(tables.deposits.keys())
      const stored = storeDeposits(tables, transfers, {
        final: tables.final ?? -1n,
        tiers: tables.tiers,
      })
      const numbers = new Set(blocks.map(({ number }) => number))
      const known = [...tables.deposits.values()].filter(
        (deposit) =>
          numbers.has(deposit.blockNumber) && isPublished(deposit) && !stored.includes(deposit),
      )
      const fresh = stored.filter(isPublished)
      publish(tables, [...fresh, ...known], 'confirmation')
      const rescan = tables.rescans.find((each) => each.id === id)
      const next = (blocks.at(-1)?.number ?? -1n) + 1n
      closeGapOf(tables, rescan?.gap, { from: blocks[0]?.number ?? next, to: next - 1n })
      if (rescan) Object.assign(rescan, { next, done: next > rescan.to })
      return {
        found: transfers.length,
        added: stored.filter((deposit) => !before.has(deposit.id)).length,
        republished: known.length,
      }
    },

    async failRescan(id, reason) {
      requireLease()
      const rescan = tables.rescans.find((each) => each.id === id)
      if (rescan && !rescan.done) Object.assign(rescan, { done: true, reason })
    },
  }
}

const least = (a: bigint, b: bigint) => (a < b ? a : b)
