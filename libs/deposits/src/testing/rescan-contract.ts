import { expect, test } from 'vitest'
import { RescanMovedError } from '../adapters/postgres-rescans.ts'
import {
  block,
  chainOf,
  confirmed,
  everything,
  type OpenScan,
  on,
  opened,
  pay,
  ref,
  statuses,
} from './scan-facts.ts'

/** What a store promises when blocks are read again. */
export function rescanContract(open: OpenScan): void {
  test('that finds nothing new publishes what is final again, by the same ids', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 10), pay(2, 11)]
    await store.advance(on(null, chainOf(10, 11), transfers, 10))
    const id = await scan.requestRescan(10n, 11n)
    expect(await store.nextRescan()).toMatchObject({ id, next: 10n, to: 11n })

    const result = await store.applyRescan({ id, blocks: chainOf(10, 11), transfers })

    expect(result).toEqual({ found: 2, added: 0, republished: 1 })
    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'seen 0' })
    expect(await scan.events()).toEqual([confirmed(1), confirmed(1)])
    expect(await store.nextRescan()).toBeUndefined()
  })

  test('adds what was missed, and publishes it when it is final', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [pay(1, 10)], 11))
    const id = await scan.requestRescan(10n, 12n)
    const transfers = [pay(1, 10), pay(2, 11), pay(3, 12)]

    const result = await store.applyRescan({ id, blocks: chainOf(10, 11, 12), transfers })

    expect(result).toEqual({ found: 3, added: 2, republished: 1 })
    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'final 1', 3: 'seen 0' })
    expect((await scan.events()).slice(1)).toEqual([confirmed(1), confirmed(2)])
    await store.advance(on(block(12), chainOf(13), [], 12))
    expect((await scan.events()).at(-1)).toEqual(confirmed(3))
  })

  test('reaches below the start, where nothing is stored', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [], 10))
    const id = await scan.requestRescan(4n, 10n)

    await store.applyRescan({ id, blocks: chainOf(4, 5), transfers: [pay(1, 4)] })
    expect(await store.nextRescan()).toMatchObject({ id, next: 6n })
    await store.applyRescan({ id, blocks: chainOf(6, 7, 8, 9, 10), transfers: [] })

    expect(await scan.events()).toEqual([confirmed(1)])
    expect(await store.open()).toMatchObject({ checkpoint: ref(11) })
    expect(await store.nextRescan()).toBeUndefined()
  })

  test('of blocks that are not on the stored chain changes nothing, and stays to be done', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [], 11))
    await store.rollBack({ from: block(11), to: block(10) })
    await store.advance(on(block(10), chainOf(11.5), [], 11))
    const id = await scan.requestRescan(10n, 12n)
    const before = await everything(scan)

    for (const other of [11, 12]) {
      const piece = { id, blocks: chainOf(10, other), transfers: [pay(1, other)] }
      await expect(store.applyRescan(piece)).rejects.toThrow(RescanMovedError)
    }

    expect(await everything(scan)).toEqual(before)
    expect(await store.nextRescan()).toMatchObject({ id, next: 10n })
  })

  test('runs after those that were asked for before it', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [], 11))
    const first = await scan.requestRescan(10n, 10n)
    const second = await scan.requestRescan(11n, 11n)

    expect((await store.nextRescan())?.id).toBe(first)
    await store.applyRescan({ id: first, blocks: chainOf(10), transfers: [] })

    expect((await store.nextRescan())?.id).toBe(second)
  })

  test('that is given up is not tried again, and lets the next one go on', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11)))
    const [first, second] = [await scan.requestRescan(10n, 11n), await scan.requestRescan(10n, 10n)]

    await store.failRescan(first, 'nobody knows that type')

    expect(await store.nextRescan()).toMatchObject({ id: second })
  })
}
