import type { Units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { LeaseLostError } from '../adapters/scan-lease.ts'
import type { BalanceDifference, ProofStep } from '../balance-ports.ts'
import { NATIVE, TUSD } from './fake-transfers.ts'
import {
  ALICE,
  BOB,
  block,
  chainOf,
  type OpenScan,
  on,
  opened,
  ownerOf,
  pay,
  ref,
} from './scan-facts.ts'

const ALL = { assets: [NATIVE, TUSD], limit: 9 }

const alice = { asset: TUSD, holder: ALICE, owner: ownerOf(ALICE) }
const bob = { asset: TUSD, holder: BOB, owner: ownerOf(BOB) }

const step = (at: number, facts: Partial<ProofStep> = {}): ProofStep => ({
  ...{ to: ref(at), proven: [], differences: [] },
  ...facts,
})

const difference = (facts: Partial<BalanceDifference> = {}): BalanceDifference => ({
  ...{ ...alice, from: 9n, to: 11n, base: 5n, detected: 100n, sent: 0n, found: 205n },
  ...facts,
})

/** What a store promises of the balance proof of its chain. */
export function balanceProofContract(open: OpenScan): void {
  test('names holdings with deposits that were not proven since, and what they stand on', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [
      pay(1, 10, { to: BOB }),
      pay(2, 11),
      pay(3, 12),
      pay(4, 12, { asset: NATIVE }),
    ]
    await store.advance(on(null, chainOf(10, 11, 12, 13), transfers, 13))

    const touched = await store.touchedHoldings({ from: 10n, through: 12n }, ALL)
    const first = await store.touchedHoldings({ from: 10n, through: 12n }, { ...ALL, limit: 1 })
    const tokens = await store.touchedHoldings(
      { from: 11n, through: 12n },
      { ...ALL, assets: [TUSD] },
    )

    const fresh = { proven: null }
    expect(touched).toEqual([
      { ...bob, ...fresh, before: ref(9) },
      { ...alice, ...fresh, before: ref(10) },
      { ...alice, ...fresh, asset: NATIVE, before: ref(11) },
    ])
    expect(first).toEqual(touched.slice(0, 1))
    expect(tokens).toEqual([{ ...alice, ...fresh, before: ref(10) }])

    const proven = [
      { ...bob, balance: 7n },
      { ...alice, balance: null },
    ]
    await store.recordProof(step(11, { proven }))

    const later = await store.touchedHoldings({ from: 10n, through: 12n }, ALL)
    expect(later.map(({ asset, holder }) => [asset, holder])).toEqual([
      [TUSD, ALICE],
      [NATIVE, ALICE],
    ])
    expect(await store.oldestHoldings(12n, ALL)).toEqual([
      { ...alice, proven: null, before: null },
      { ...bob, proven: { block: ref(11), balance: 7n }, before: null },
    ])
    expect(await store.oldestHoldings(11n, ALL)).toEqual([])
  })

  test('adds up what deposits added, and nothing that moved nothing', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [
      pay(1, 10),
      pay(2, 11),
      pay(3, 11, { rejection: 'below_minimum' }),
      pay(4, 11, { rejection: 'nothing_arrived' }),
      pay(5, 11, { from: ALICE, rejection: 'internal' }),
      pay(6, 11, { to: BOB }),
      pay(7, 12),
      pay(8, 13, { amount: 1n as Units }),
    ]
    await store.advance(on(null, chainOf(10, 11, 12, 13), transfers, 11))
    const since = (after: bigint) => ({ ...alice, after })

    expect(await store.detectedIn([since(9n), since(10n), { ...bob, after: 9n }], 12n)).toEqual([
      400n,
      300n,
      100n,
    ])
    expect(await store.detectedIn([], 12n)).toEqual([])

    await store.rollBack({ from: block(13), to: block(11) })
    expect(await store.detectedIn([since(9n)], 13n)).toEqual([300n])
  })

  test('remembers how far it is, as long as that block is on the chain', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 10)], 11))
    expect(await store.proofStand()).toMatchObject({ provenTo: null, owedFrom: null })

    await store.recordProof(step(11, { proven: [{ ...alice, balance: 100n }], provenTo: 11n }))

    expect(await store.proofStand()).toMatchObject({ provenTo: 11n, owedFrom: null })
    await store.rollBack({ from: block(11), to: block(10) })
    expect(await store.proofStand()).toMatchObject({ provenTo: null })
    await store.advance(on(block(10), chainOf(11.5), [pay(2, 11.5)], 11))
    // A proof on the branch that is gone stands for no deposit that came instead.
    expect(await store.touchedHoldings({ from: 11n, through: 11n }, ALL)).toEqual([
      { ...alice, proven: null, before: expect.objectContaining({ number: 10n }) },
    ])
    expect(await store.oldestHoldings(12n, ALL)).toEqual([{ ...alice, proven: null, before: null }])
  })

  test('says from where on deposits are owed', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [], 11))
    const range = { fromBlock: 11n, toBlock: 11n, reason: 'slow' }

    await store.openGap({ ...range, kind: 'audit', fromBlock: 10n })
    expect(await store.proofStand()).toMatchObject({ owedFrom: null })
    await store.openGap({ ...range, kind: 'traces' })

    expect(await store.proofStand()).toMatchObject({ owedFrom: 11n })
  })

  test('keeps a difference open until deposits that were missed explain it', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [pay(1, 11)], 12))

    const first = await store.recordProof(step(12, { differences: [difference()] }))
    const again = await store.recordProof(step(12))
    const id = await scan.requestRescan(11n, 11n)
    await store.applyRescan({ id, blocks: chainOf(11), transfers: [pay(1, 11), pay(2, 11)] })
    const explained = await store.recordProof(step(12))

    expect([first, again, explained]).toEqual([
      { open: 1, explained: 0 },
      { open: 1, explained: 0 },
      { open: 0, explained: 1 },
    ])
    const [view] = await scan.differences.list({}, { before: undefined, limit: 9 })
    expect(view).toMatchObject({ ...difference(), closedBy: 'explained' })
  })

  test('closes a difference by the words of an operator, once', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [], 11))
    const differences = [difference(), difference({ holder: BOB, found: null })]
    await store.recordProof(step(11, { differences }))
    const page = { before: undefined, limit: 9 }
    const [newest, oldest] = await scan.differences.list({ isOpen: true }, page)
    expect([newest, oldest]).toMatchObject([
      { holder: BOB, found: null, closedAt: null },
      { ...difference(), closedAt: null, closedBy: null },
    ])
    const id = newest?.id ?? 0n

    expect(await scan.differences.close(id, 'known')).toBe(true)
    expect(await scan.differences.close(id, 'again')).toBe(false)

    expect(await scan.differences.find(id)).toMatchObject({ closedBy: 'known' })
    expect(await scan.differences.find(9_999n)).toBeUndefined()
    expect(await scan.differences.list({ isOpen: true }, page)).toEqual([oldest])
    expect(await scan.differences.list({}, { ...page, before: id })).toEqual([oldest])
  })

  test('is written under the lease only, and of blocks on the chain', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 10)], 11))
    await store.rollBack({ from: block(11), to: block(10) })
    const proven = [{ ...alice, balance: 1n }]

    await expect(store.recordProof(step(11, { proven }))).rejects.toThrow(LeaseLostError)
    await scan.endLease()
    await scan.store('another').open()
    await expect(store.recordProof(step(10, { proven }))).rejects.toThrow(LeaseLostError)

    expect(await store.oldestHoldings(99n, ALL)).toEqual([])
  })

  test('keeps account of what it could not prove', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 10)], 11))
    const skip = { kind: 'waiting', from: 10n, to: 11n, holdings: 1 } as const

    await store.recordProof(step(11, { skip }))
    await store.recordProof(step(11, { skip }))
    expect(await scan.differences.skips(9)).toMatchObject([{ ...skip, closedAt: null }])
    const adopted = { ...skip, kind: 'adopted' } as const
    await store.recordProof(step(11, { provenTo: 11n, skip: adopted }))

    expect(await scan.differences.skips(9)).toMatchObject([
      { ...adopted, closedAt: null },
      { ...skip, closedAt: expect.any(Date) },
    ])
  })
}
