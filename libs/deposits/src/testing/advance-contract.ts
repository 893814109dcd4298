import { units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import {
  BOB,
  block,
  chainOf,
  confirmed,
  type OpenScan,
  on,
  opened,
  ownerOf,
  pay,
  ref,
  START,
  statuses,
} from './scan-facts.ts'

/** What a store promises when blocks are added. */
export function advanceContract(open: OpenScan): void {
  test('moves the checkpoint and tells it', async () => {
    await using scan = await open()
    const store = await opened(scan)

    await store.advance(on(null, chainOf(10, 11, 12), [], 10))

    expect(await store.open()).toEqual({
      checkpoint: ref(12),
      start: START,
      final: 10n,
      latched: null,
    })
    expect(await store.storedBlocks(11n, 20n)).toEqual([ref(12), ref(11)])
  })

  test('stores what is deep enough as final and publishes it, and the rest as seen', async () => {
    await using scan = await open()
    const store = await opened(scan)

    const result = await store.advance(
      on(null, chainOf(10, 11, 12), [pay(3, 12), pay(1, 10), pay(2, 11, { to: BOB })], 11),
    )

    expect(result).toEqual({ found: 3, published: 2 })
    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'final 1', 3: 'seen 0' })
    expect(await scan.events()).toEqual([confirmed(1), confirmed(2, { key: ownerOf(BOB) })])
  })

  test('keeps each amount and owner exactly', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const amounts = [units(1n), units(2n ** 256n - 1n)]
    const transfers = amounts.map((amount, index) => ({ ...pay(index, 10), amount, to: BOB }))

    await store.advance(on(null, chainOf(10), transfers, 10))

    const owner = ownerOf(BOB)
    expect(await scan.deposits()).toMatchObject(amounts.map((amount) => ({ amount, owner })))
    expect(await scan.events()).toMatchObject(amounts.map((amount) => ({ amount, key: owner })))
  })

  test('tells transfers of one transaction apart by their position', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = (['log:0', 'log:1', 'log:10', 'value'] as const).map((position) => {
      return { ...pay(1, 10), position }
    })

    expect(await store.advance(on(null, chainOf(10), transfers, 10))).toMatchObject({ found: 4 })
    expect(new Set((await scan.events()).map(({ id }) => id)).size).toBe(4)
  })

  test('makes final what had been seen, without any new block too', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 10), pay(2, 11)], 9))
    expect(await scan.events()).toEqual([])

    const result = await store.advance(on(block(11), [], [], 10))

    expect(result).toEqual({ found: 0, published: 1 })
    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'seen 0' })
    expect(await scan.events()).toEqual([confirmed(1)])
    expect(await store.open()).toMatchObject({ checkpoint: ref(11), final: 10n })
  })

  test('never takes finality back', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [], 11))

    await store.advance(on(block(11), chainOf(12), [], 3))

    expect(await store.open()).toMatchObject({ final: 11n })
  })

  test('succeeds once from the same parent', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10)))

    const outcomes = await Promise.allSettled([
      store.advance(on(block(10), chainOf(11), [pay(1, 11)], 11)),
      store.advance(on(block(10), chainOf(11), [pay(1, 11)], 11)),
      store.advance(on(null, chainOf(10), [pay(2, 10)], 10)),
    ])

    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ])
    expect(await scan.events()).toEqual([confirmed(1)])
    expect(await store.open()).toMatchObject({ checkpoint: ref(11) })
  })
}
