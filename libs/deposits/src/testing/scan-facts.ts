import type { Address } from '@coffer/evm/address'
import { type BlockHash, blockHash, txHash } from '@coffer/evm/hash'
import { type Units, units } from '@coffer/money/units'
import type { BalanceDifferences } from '../balance-ports.ts'
import type { BlockHeader } from '../domain/block.ts'
import { depositId, type FoundTransfer } from '../domain/transfer.ts'
import type { GapReader } from '../gap-ports.ts'
import type { Latches } from '../latch-ports.ts'
import type { Advance, ScanStore } from '../ports.ts'
import type { Bookings } from '../usecases/mark-booked.ts'
import type { Releases } from '../usecases/release-deposit.ts'
import { fakeAddress } from './fake-chain.ts'
import { CHAIN, TUSD } from './fake-transfers.ts'
import type { OutboxEvent, StoredDeposit } from './stored-deposit.ts'

/** A chain's tables, of which nothing is stored yet but its start at block {@link START}. */
export type ScanStoreUnderTest = AsyncDisposable & {
  store(holder: string): ScanStore
  latches: Latches
  endLease(): Promise<void>
  requestRescan(from: bigint, to: bigint, gap?: bigint): Promise<string>
  bookings: Bookings
  gaps: GapReader
  tamper: Tamper
  releases: Releases
  differences: BalanceDifferences
  deposits(): Promise<StoredDeposit[]>
  events(): Promise<OutboxEvent[]>
}

/** Changes what is stored, as nobody should. */
export type Tamper = {
  forgetBlock(height: bigint): Promise<void>
  forgetDeposit(id: string): Promise<void>
  setAmount(id: string, amount: Units): Promise<void>
}

export type OpenScan = () => Promise<ScanStoreUnderTest>

export const START = 10n

export const ALICE = fakeAddress(0xa)
export const BOB = fakeAddress(0xb)

/** Watched addresses and the owners that they pay. */
export const OWNERS: ReadonlyMap<Address, string> = new Map([
  [ALICE, '00000000-0000-7000-8000-00000000000a'],
  [BOB, '00000000-0000-7000-8000-00000000000b'],
])

export const ownerOf = (address: Address): string => OWNERS.get(address) ?? ''

export async function opened(scan: ScanStoreUnderTest): Promise<ScanStore> {
  const store = scan.store('one')
  await store.open()
  return store
}

/** Names a block: `11` is the one at height 11 of the first branch, `11.5` that of another. */
type BlockName = number

export const hashOf = (name: BlockName): BlockHash =>
  blockHash(`0x${(name * 2).toString(16).padStart(64, '0')}`)

/** Blocks of another branch stand on the first branch's block below their lowest. */
export const block = (name: BlockName, parent: BlockName = name - 1): BlockHeader => ({
  number: BigInt(Math.floor(name)),
  hash: hashOf(name),
  parentHash: hashOf(parent),
  time: new Date(1_700_000_000_000 + Math.floor(name) * 1_000),
})

export const ref = (name: BlockName) => ({ number: block(name).number, hash: hashOf(name) })

export const chainOf = (...names: readonly BlockName[]) => names.map((name) => block(name))

/** The `payment`-th transfer of a test, in the block `at`. */
export const pay = (
  payment: number,
  at: BlockName,
  off: Partial<FoundTransfer> = {},
): FoundTransfer => ({
  txHash: txHash(`0x${payment.toString().padStart(64, 'd')}`),
  position: 'log:0',
  asset: TUSD,
  amount: units(100n),
  from: fakeAddress(0xfee),
  to: ALICE,
  block: block(at),
  ...off,
})

export function on(
  parent: BlockHeader | null,
  blocks: readonly BlockHeader[],
  transfers: readonly FoundTransfer[] = [],
  final = -1,
): Advance {
  const { number, hash } = blocks.at(-1) ?? parent ?? block(0)
  const head = { number, hash, tagged: {} }
  return { parent, blocks, transfers, head, final: BigInt(final) }
}

type EventFacts = Partial<OutboxEvent> & { revision?: number }

export const confirmed = (
  payment: number,
  { revision, ...facts }: EventFacts = {},
): OutboxEvent => ({
  type: 'deposit.confirmed',
  id: `${depositId(CHAIN, pay(payment, 1))}${revision ? `#${revision}` : ''}`,
  key: ownerOf(ALICE),
  amount: units(100n),
  ...facts,
})

export const suspended = (payment: number, facts: EventFacts = {}): OutboxEvent => ({
  ...confirmed(payment, facts),
  type: 'deposit.suspended',
})

export const reversed = (payment: number, facts: EventFacts = {}): OutboxEvent => {
  const confirmation = confirmed(payment, facts)
  return { ...confirmation, type: 'deposit.reversed', id: `${confirmation.id}/reversal` }
}

/** Each payment's status and revision. */
export async function statuses(scan: ScanStoreUnderTest): Promise<Record<string, string>> {
  const deposits = await scan.deposits()
  return Object.fromEntries(
    deposits.map(({ id, status, revision }) => {
      const [, payment = ''] = /0xd*(\d+):log:0$/.exec(id) ?? []
      return [payment, `${status} ${revision}`]
    }),
  )
}

export const everything = async (scan: ScanStoreUnderTest) => [
  await scan.deposits(),
  await scan.events(),
]
