import { units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { LeaseLostError } from '../adapters/scan-lease.ts'
import {
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
  reversed,
  START,
  statuses,
} from './scan-facts.ts'

/** What a store promises when blocks are taken back. */
export function rollBackContract(open: OpenScan): void {
  test('takes back what is above the ancestor, and reverses what had been published', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 10), pay(2, 11), pay(3, 12), pay(4, 13)]
    await store.advance(on(null, chainOf(10, 11, 12, 13), transfers, 12))

    const result = await store.rollBack({ from: block(13), to: block(10) })

    expect(result).toEqual({ blocks: 3, reversed: 2 })
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
    expect(await store.storedBlocks(10n, 13n)).toEqual([ref(10)])
  })

  test('of everything leaves the chain as before its first block', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 10)], 10))

    expect(await store.rollBack({ from: block(11), to: null })).toEqual({ blocks: 2, reversed: 1 })

    expect(await store.open()).toMatchObject({ checkpoint: null, final: null })
    await store.advance(on(null, chainOf(10.5, 11.5), [pay(2, 10.5)], 10))
    expect(await statuses(scan)).toEqual({ 1: 'orphaned 1', 2: 'final 1' })
  })

  test('that was decided on an older checkpoint changes nothing', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)], 11))
    await store.advance(on(block(11), chainOf(12), [pay(2, 12)], 12))
    const before = await everything(scan)

    const rollingBack = store.rollBack({ from: block(11), to: block(10) })

    await expect(rollingBack).rejects.toThrow(LeaseLostError)
    expect(await everything(scan)).toEqual(before)
    expect(await store.open()).toMatchObject({ checkpoint: ref(12) })
  })

  test('of everything keeps final deposits from below the start, which no block of it held', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 10)], 10))
    const id = await scan.requestRescan(5n, 5n)
    await store.applyRescan({ id, blocks: chainOf(5), transfers: [pay(2, 5)] })

    await store.rollBack({ from: block(11), to: null })

    expect(await statuses(scan)).toEqual({ 1: 'orphaned 1', 2: 'final 1' })
    expect((await scan.events()).at(-1)).toEqual(reversed(1))
  })

  test('stops nothing by itself, but a latch does', async () => {
    await using scan = await open()
    const store = await opened(scan)

    await store.latch('deeper than 64 blocks')

    expect(await store.open()).toMatchObject({ latched: 'deeper than 64 blocks' })
  })
}

/** What a store promises when transactions come back after a reorg. */
export function comebackContract(open: OpenScan): void {
  test('in another block is the same deposit, confirmed under the next revision', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)], 11))
    await store.rollBack({ from: block(11), to: block(10) })

    await store.advance(on(block(10), chainOf(11.5, 12.5), [pay(1, 12.5)], 11))
    expect(await statuses(scan)).toEqual({ 1: 'seen 1' })
    await store.advance(on(block(12.5), chainOf(13.5), [], 12))

    expect(await scan.deposits()).toMatchObject([
      { status: 'final', revision: 2, blockNumber: 12n, blockHash: hashOf(12.5) },
    ])
    expect(await scan.events()).toEqual([confirmed(1), reversed(1), confirmed(1, { revision: 2 })])
  })

  test('may be final at once', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)], 11))
    await store.rollBack({ from: block(11), to: block(10) })

    await store.advance(on(block(10), chainOf(11.5), [pay(1, 11.5)], 11))
    await store.rollBack({ from: block(11.5), to: block(10) })

    expect(await scan.events()).toEqual([
      confirmed(1),
      reversed(1),
      confirmed(1, { revision: 2 }),
      reversed(1, { revision: 2 }),
    ])
  })

  test('in the very block that it left is confirmed under the next revision too', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)], 11))
    await store.rollBack({ from: block(11), to: block(10) })
    await store.advance(on(block(10), chainOf(11.5), [], 11))
    await store.rollBack({ from: block(11.5), to: block(10) })

    await store.advance(on(block(10), chainOf(11, 12), [pay(1, 11)], 11))

    expect(await statuses(scan)).toEqual({ 1: 'final 2' })
    expect(await scan.events()).toEqual([confirmed(1), reversed(1), confirmed(1, { revision: 2 })])
    expect(await store.storedBlocks(10n, 12n)).toEqual([ref(12), ref(11), ref(10)])
  })

  test('without ever having been final says nothing, however often', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10)))
    for (let times = 0; times < 2; times++) {
      await store.advance(on(block(10), chainOf(11), [pay(1, 11)], 9))
      await store.rollBack({ from: block(11), to: block(10) })
    }
    expect(await statuses(scan)).toEqual({ 1: 'orphaned 0' })

    await store.advance(on(block(10), chainOf(11), [pay(1, 11)], 11))

    expect(await scan.events()).toEqual([confirmed(1)])
    expect(await store.storedBlocks(10n, 12n)).toEqual([ref(11), ref(10)])
  })

  test('is told with what it is now', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)]))
    await store.rollBack({ from: block(11), to: block(10) })
    const other = { ...pay(1, 11.5), amount: units(77n), to: BOB }

    await store.advance(on(block(10), chainOf(11.5), [other], 11))

    expect(await scan.deposits()).toMatchObject([{ amount: 77n, owner: ownerOf(BOB) }])
    expect(await scan.events()).toEqual([confirmed(1, { amount: units(77n), key: ownerOf(BOB) })])
  })
}
