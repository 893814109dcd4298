import { expect, test } from 'vitest'
import { ChainLatchedError } from '../adapters/scan-lease.ts'
import { CHAIN } from './fake-transfers.ts'
import {
  chainOf,
  everything,
  type OpenScan,
  on,
  opened,
  pay,
  ref,
  reversed,
  type ScanStoreUnderTest,
  START,
  statuses,
} from './scan-facts.ts'

/** What `Latches` promise about the chain that a store latched. */
export function latchContract(open: OpenScan): void {
  test('is told with where the scan stands, whoever has the lease', async () => {
    await using scan = await open()
    await latched(scan)

    expect(await scan.latches.state(CHAIN)).toEqual({
      checkpoint: ref(13),
      start: START,
      final: 12n,
      latched: 'too deep',
    })
    expect(await scan.latches.storedBlock(CHAIN, 11n)).toEqual(ref(11))
    expect(await scan.latches.storedBlock(CHAIN, 14n)).toBeUndefined()
  })

  test('names what would be reversed, the oldest first, and changes nothing by that', async () => {
    await using scan = await open()
    await latched(scan)
    const before = await everything(scan)

    const { count, oldest } = await scan.latches.reversible(CHAIN, ref(10), 1)

    expect(count).toBe(2)
    expect(oldest).toMatchObject([{ status: 'final', blockNumber: 11n, amount: 100n }])
    expect(oldest[0]?.id).toBe((await scan.deposits())[1]?.id)
    expect(await scan.latches.reversible(CHAIN, ref(13), 1)).toEqual({ count: 0, oldest: [] })
    expect((await scan.latches.reversible(CHAIN, null, 9)).oldest).toHaveLength(3)
    expect(await everything(scan)).toEqual(before)
  })

  test('that is lifted takes back what is above the ancestor, though it was final', async () => {
    await using scan = await open()
    const store = await latched(scan)

    const done = await scan.latches.unlatch(CHAIN, { from: ref(13), to: ref(10) })

    expect(done).toEqual({ blocks: 3, reversed: 2 })
    expect(await statuses(scan)).toEqual({
      1: 'final 1',
      2: 'orphaned 1',
      3: 'orphaned 1',
      4: 'orphaned 0',
    })
    expect((await scan.events()).slice(3)).toEqual([reversed(2), reversed(3)])
    expect(await store.open()).toEqual({
      checkpoint: ref(10),
      start: START,
      final: 10n,
      latched: null,
    })
  })

  test('that is lifted without taking anything back leaves everything', async () => {
    await using scan = await open()
    const store = await latched(scan)
    const before = await everything(scan)

    const done = await scan.latches.unlatch(CHAIN, { from: ref(13), to: ref(13) })

    expect(done).toEqual({ blocks: 0, reversed: 0 })
    expect(await everything(scan)).toEqual(before)
    expect(await store.open()).toMatchObject({ checkpoint: ref(13), final: 12n, latched: null })
  })

  test('that is lifted with nothing to keep leaves the chain as before its first block', async () => {
    await using scan = await open()
    const store = await latched(scan)

    const done = await scan.latches.unlatch(CHAIN, { from: ref(13), to: null })

    expect(done).toEqual({ blocks: 4, reversed: 3 })
    expect(await store.open()).toMatchObject({ checkpoint: null, final: null, latched: null })
  })

  test('stops what was being read again when it came', async () => {
    await using scan = await open()
    const store = await latched(scan)
    const id = await scan.requestRescan(11n, 12n)
    const before = await everything(scan)
    const piece = { blocks: chainOf(11, 12), transfers: [pay(2, 11), pay(5, 12)] }

    await expect(store.applyRescan({ id, ...piece })).rejects.toThrow(ChainLatchedError)
    await expect(store.applyTraces(piece)).rejects.toThrow(ChainLatchedError)

    expect(await everything(scan)).toEqual(before)
    expect(await store.nextRescan()).toMatchObject({ id, next: 11n, to: 12n })
  })

  test('is lifted once, and not by what was decided on another checkpoint', async () => {
    await using scan = await open()
    await latched(scan)
    const before = await everything(scan)

    expect(await scan.latches.unlatch(CHAIN, { from: ref(12), to: ref(10) })).toBeUndefined()
    expect(await everything(scan)).toEqual(before)
    expect(await scan.latches.state(CHAIN)).toMatchObject({ latched: 'too deep' })

    expect(await scan.latches.unlatch(CHAIN, { from: ref(13), to: ref(13) })).toBeDefined()
    expect(await scan.latches.unlatch(CHAIN, { from: ref(13), to: ref(10) })).toBeUndefined()
    expect(await everything(scan)).toEqual(before)
  })
}

/** A store whose last four blocks hold a deposit each, all but the newest final. */
async function latched(scan: ScanStoreUnderTest) {
  const store = await opened(scan)
  const transfers = [pay(1, 10), pay(2, 11), pay(3, 12), pay(4, 13)]
  await store.advance(on(null, chainOf(10, 11, 12, 13), transfers, 12))
  await store.latch('too deep')
  return store
}
