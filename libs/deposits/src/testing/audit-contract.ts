import type { Units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { RescanMovedError } from '../adapters/postgres-rescans.ts'
import { LeaseLostError } from '../adapters/scan-lease.ts'
import type { AuditPiece } from '../audit-ports.ts'
import type { AuditFinding } from '../domain/audit.ts'
import { depositId, type FoundTransfer } from '../domain/transfer.ts'
import { CHAIN } from './fake-transfers.ts'
import {
  ALICE,
  BOB,
  block,
  chainOf,
  confirmed,
  everything,
  hashOf,
  type OpenScan,
  on,
  opened,
  ownerOf,
  pay,
  ref,
  type ScanStoreUnderTest,
  START,
  statuses,
} from './scan-facts.ts'

/** What a store promises to the audit of its chain. */
export function auditContract(open: OpenScan): void {
  test('goes from the start to the last final block', async () => {
    await using scan = await open()
    const store = await opened(scan)
    expect(await store.auditPosition()).toEqual({ start: START, next: START, last: -1n })

    await store.advance(on(null, chainOf(10, 11, 12), [], 11))
    expect(await store.auditPosition()).toEqual({ start: START, next: 10n, last: 11n })
    await store.applyAudit(piece(10, 10))

    expect(await store.auditPosition()).toEqual({ start: START, next: 11n, last: 11n })
  })

  test('waits for what is still owed of the traces', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [], 12))
    const owed = { kind: 'traces' as const, fromBlock: 11n, toBlock: 12n, reason: 'not read' }

    await store.openGap(owed)
    expect(await store.auditPosition()).toMatchObject({ last: 10n })
    // What was scanned anew while the audit was reading owes its traces again.
    const read = piece(10, 11, { absent: [pay(2, 11)], findings: [missed(pay(2, 11))] })
    await expect(store.applyAudit(read)).rejects.toThrow(RescanMovedError)
    await store.applyAudit(piece(10, 10))
    expect(await statuses(scan)).toEqual({})
    await store.closeGaps(owed)

    expect(await store.auditPosition()).toMatchObject({ last: 12n })
  })

  test('is shown the canonical blocks, the deposits in them and whose addresses those are', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [pay(1, 10), pay(2, 12, { to: BOB })], 10))
    await store.rollBack({ from: block(12), to: block(11) })

    expect(await store.auditedBlocks(9n, 20n)).toEqual([
      { ...ref(10), parentHash: hashOf(9), scannedAt: expect.any(Date) },
      { ...ref(11), parentHash: hashOf(10), scannedAt: expect.any(Date) },
    ])
    const { txHash, position, amount, asset } = pay(1, 10)
    const stored = { txHash, position, amount, asset, to: ALICE, owner: ownerOf(ALICE) }
    expect(await store.auditedDeposits(10n, 11n, [pay(2, 11)])).toEqual([
      { ...stored, block: ref(10), reason: null, isStanding: true },
      {
        ...{ ...stored, txHash: pay(2, 12).txHash, to: BOB, owner: ownerOf(BOB) },
        ...{ block: ref(12), reason: 'reorg', isStanding: false },
      },
    ])
    expect(await store.auditedDeposits(11n, 11n, [])).toEqual([])
    expect(await store.registrationsOf([ALICE])).toEqual(
      new Map([
        [ALICE, { owner: ownerOf(ALICE), watchedFrom: 0n, registeredAt: expect.any(Date) }],
      ]),
    )
  })

  test('stores what was missed and publishes it once, and tells it by a gap', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [pay(1, 10)], 11))
    const findings = [missed(pay(2, 11)), { ...missed(pay(3, 11)), kind: 'late' as const }]

    const fresh = await store.applyAudit(
      piece(10, 11, { absent: [pay(2, 11), pay(3, 11)], findings }),
    )

    expect(fresh).toEqual(findings)
    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'final 1', 3: 'final 1' })
    expect(await scan.events()).toEqual([confirmed(1), confirmed(2), confirmed(3)])
    const [gap, ...others] = await openGaps(scan)
    expect(gap).toMatchObject({ kind: 'audit', fromBlock: 11n, toBlock: 11n })
    expect(gap?.reason).toContain(depositId(CHAIN, pay(2, 11)))
    expect(gap?.reason).not.toContain(depositId(CHAIN, pay(3, 11)))
    expect(others).toEqual([])
  })

  test('does not call missed what somebody else stored meanwhile', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [pay(1, 10)], 11))
    const id = await scan.requestRescan(11n, 11n)
    await store.applyRescan({ id, blocks: chainOf(11), transfers: [pay(2, 11)] })

    const found = { absent: [pay(2, 11)], findings: [missed(pay(2, 11))] }
    const fresh = await store.applyAudit(piece(10, 11, found))

    expect(fresh).toEqual([])
    expect(await openGaps(scan)).toEqual([])
    expect(await scan.events()).toEqual([confirmed(1), confirmed(2)])
  })

  test('brings back what a reorg had taken and is on the chain, under its next revision', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)], 11))
    await store.rollBack({ from: block(11), to: block(10) })
    await store.advance(on(block(10), chainOf(11.5), [], 11))
    const found = { absent: [pay(1, 11.5)], findings: [missed(pay(1, 11.5))] }

    const fresh = await store.applyAudit(piece(10, 11.5, found))

    expect(fresh).toEqual(found.findings)
    expect(await statuses(scan)).toEqual({ 1: 'final 2' })
    expect((await scan.events()).at(-1)).toEqual(confirmed(1, { revision: 2 }))
  })

  test('leaves alone what is stored and not on the chain, and tells it while no gap does', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 10)], 11))
    const findings = [{ ...missed(pay(1, 10)), kind: 'unfounded' as const }]
    const before = await everything(scan)

    expect(await store.applyAudit(piece(10, 10, { findings }))).toEqual(findings)
    const again = { ...piece(10, 10, { findings }), next: 11n }
    expect(await store.applyAudit(again)).toEqual([])

    expect(await everything(scan)).toEqual(before)
    expect(await openGaps(scan)).toMatchObject([{ kind: 'audit', fromBlock: 10n, toBlock: 10n }])
    const [gap] = await openGaps(scan)
    await store.closeGaps({ kind: 'audit', fromBlock: 10n, toBlock: 10n })
    expect(await store.applyAudit({ ...again, next: 11n })).toEqual(findings)
    expect((await openGaps(scan))[0]?.id).not.toBe(gap?.id)
  })

  test('stores a block again that is not stored, and tells of those that are not to be had', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12, 13), [], 13))
    await scan.tamper.forgetBlock(11n)
    await scan.tamper.forgetBlock(13n)
    const restored = { kind: 'block_restored' as const, height: 11n, subject: hashOf(11) }
    const gone = { kind: 'block_missing' as const, height: 13n, subject: hashOf(13) }

    await store.applyAudit({
      ...piece(10, 13, { findings: [restored, gone] }),
      canonical: [ref(10), ref(11), ref(12)],
      proven: chainOf(11),
    })

    expect((await store.storedBlocks(10n, 13n)).map(({ number }) => number)).toEqual([
      ...[12n, 11n, 10n],
    ])
    expect((await openGaps(scan)).map(({ kind, fromBlock }) => [kind, fromBlock])).toEqual([
      ['blocks', 13n],
      ['audit', 11n],
    ])
  })

  test('changes nothing when a block or the audit itself has moved', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [], 11))
    await store.rollBack({ from: block(11), to: block(10) })
    await store.advance(on(block(10), chainOf(11.5), [], 11))
    const before = await everything(scan)
    const found = { absent: [pay(1, 10)], findings: [missed(pay(1, 10))] }

    const moved = store.applyAudit(piece(10, 11, found))
    await expect(moved).rejects.toThrow(RescanMovedError)
    const elsewhere = store.applyAudit({ ...piece(10, 10, found), next: 11n })
    await expect(elsewhere).rejects.toThrow(RescanMovedError)

    expect(await everything(scan)).toEqual(before)
    expect(await store.auditPosition()).toMatchObject({ next: 10n })
    expect(await openGaps(scan)).toEqual([])
  })

  test('calls nothing missing that a reorg took back meanwhile, nor audits beyond it', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [], 12))
    await store.rollBack({ from: block(12), to: block(10) })
    const gone = [{ kind: 'block_missing' as const, height: 11n, subject: hashOf(11.5) }]
    const read = { ...piece(10, 11.5, { findings: gone }), canonical: [ref(10)] }

    await expect(store.applyAudit(read)).rejects.toThrow(RescanMovedError)
    await store.advance(on(block(10), chainOf(11.5, 12.5), [], 12))
    await expect(store.applyAudit(read)).rejects.toThrow(RescanMovedError)

    expect(await openGaps(scan)).toEqual([])
    expect(await store.auditPosition()).toMatchObject({ next: 10n })
  })

  test('goes back with a reorg', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [], 12))
    await store.applyAudit(piece(10, 12))

    await store.rollBack({ from: block(12), to: block(10) })
    expect(await store.auditPosition()).toMatchObject({ next: 11n, last: 10n })
    await store.rollBack({ from: block(10), to: null })

    expect(await store.auditPosition()).toEqual({ start: START, next: START, last: -1n })
  })

  test('is written under the lease of its chain only', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [], 11))
    await scan.endLease()
    await scan.store('two').open()

    await expect(store.applyAudit(piece(10, 11))).rejects.toThrow(LeaseLostError)

    expect(await store.auditPosition()).toMatchObject({ next: 10n })
  })

  test('is not asked again of a gap that a rescan has closed', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [], 12))
    await scan.tamper.forgetBlock(11n)
    const findings = [{ kind: 'block_missing' as const, height: 11n, subject: hashOf(11) }]
    await store.applyAudit({ ...piece(10, 12, { findings }), canonical: [ref(10), ref(12)] })
    const [gap] = await openGaps(scan)
    const id = await scan.requestRescan(11n, 11n, gap?.id)

    await store.applyRescan({ id, blocks: chainOf(11), transfers: [pay(1, 11)] })

    expect(await openGaps(scan)).toEqual([])
    expect(await scan.gaps.find(gap?.id ?? 0n)).toMatchObject({ closedBy: 'work' })
    expect(await store.storedBlocks(11n, 11n)).toEqual([ref(11)])
    expect(await scan.events()).toEqual([confirmed(1)])
  })

  test('finds what was changed in the store', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 10), pay(2, 10)], 11))

    await scan.tamper.setAmount(depositId(CHAIN, pay(1, 10)), 7n as Units)
    await scan.tamper.forgetDeposit(depositId(CHAIN, pay(2, 10)))

    expect(await store.auditedDeposits(10n, 10n, [])).toMatchObject([{ amount: 7n }])
  })
}

/** Blocks `from` to `to` as they are stored, and what was found in them. */
function piece(
  from: number,
  to: number,
  found: Partial<Pick<AuditPiece, 'absent' | 'findings'>> = {},
): AuditPiece {
  const names = Array.from({ length: Math.floor(to) - from + 1 }, (_, index) =>
    from + index === Math.floor(to) ? to : from + index,
  )
  return {
    ...{ next: BigInt(from), to: BigInt(Math.floor(to)), canonical: names.map(ref) },
    ...{ proven: [], absent: [], findings: [], ...found },
  }
}

const missed = (transfer: FoundTransfer): AuditFinding => ({
  kind: 'missed',
  height: transfer.block.number,
  subject: depositId(CHAIN, transfer),
})

const openGaps = ({ gaps }: ScanStoreUnderTest) =>
  gaps.list({ isOpen: true }, { before: undefined, limit: 99 })
