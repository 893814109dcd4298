import { expect, test } from 'vitest'
import type { Rejection } from '../domain/rejection.ts'
import {
  block,
  chainOf,
  confirmed,
  everything,
  type OpenScan,
  on,
  opened,
  pay,
  reversed,
  statuses,
  suspended,
} from './scan-facts.ts'

const dust = (payment: number, at: number) => pay(payment, at, { rejection: 'below_minimum' })

const UNBOOKED: readonly Rejection[] = ['asset_not_accepted', 'asset_halted', 'internal']

/** What a store promises of transfers that are found and not credited. */
export function rejectionContract(open: OpenScan): void {
  test('and that we hold is suspended once it is final, in the order of the chain', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [dust(1, 10), pay(2, 11), dust(3, 11), dust(4, 12)]

    const result = await store.advance(on(null, chainOf(10, 11, 12), transfers, 11))

    expect(result).toEqual({ found: 4, published: 3 })
    expect(await statuses(scan)).toEqual({
      1: 'rejected 1',
      2: 'final 1',
      3: 'rejected 1',
      4: 'seen 0',
    })
    expect((await scan.deposits()).map(({ reason }) => reason)).toEqual([
      'below_minimum',
      null,
      'below_minimum',
      'below_minimum',
    ])
    expect(await scan.events()).toEqual([suspended(1), confirmed(2), suspended(3)])

    await store.advance(on(block(12), chainOf(13), [], 12))

    expect(await statuses(scan)).toMatchObject({ 4: 'rejected 1' })
    expect((await scan.events()).slice(3)).toEqual([suspended(4)])
  })

  test.each(UNBOOKED)('as %s is recorded at once, and nothing is said of it', async (rejection) => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 10, { rejection }), pay(2, 11, { rejection })]

    const result = await store.advance(on(null, chainOf(10, 11), transfers, 10))
    await store.advance(on(block(11), chainOf(12), [], 12))

    expect(result).toEqual({ found: 2, published: 0 })
    expect(await statuses(scan)).toEqual({ 1: 'rejected 0', 2: 'rejected 0' })
    expect(await scan.deposits()).toMatchObject([{ reason: rejection }, { reason: rejection }])
    expect(await scan.events()).toEqual([])
  })

  test('goes with its block, and is taken back if it had been suspended', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const unlisted = pay(3, 11, { rejection: 'asset_not_accepted' })
    const transfers = [dust(1, 11), dust(2, 12), unlisted, pay(4, 11)]
    await store.advance(on(null, chainOf(10, 11, 12), transfers, 11))

    const result = await store.rollBack({ from: block(12), to: block(10) })

    expect(result).toEqual({ blocks: 2, reversed: 2 })
    expect(await statuses(scan)).toEqual({
      1: 'orphaned 1',
      2: 'orphaned 0',
      3: 'orphaned 0',
      4: 'orphaned 1',
    })
    expect((await scan.events()).slice(2)).toEqual([
      { ...reversed(1), suspended: true },
      reversed(4),
    ])
  })

  test('comes back as what it is then, under the next revision if it had been published', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const before = [dust(1, 11), dust(2, 11), pay(3, 11), dust(4, 11)]
    await store.advance(on(null, chainOf(10, 11), before, 11))
    await store.rollBack({ from: block(11), to: block(10) })
    const told = (await scan.events()).length
    const after = [
      dust(1, 11.5),
      pay(2, 11.5),
      dust(3, 11.5),
      pay(4, 11.5, { rejection: 'internal' }),
    ]

    await store.advance(on(block(10), chainOf(11.5), after, 11))

    expect(await statuses(scan)).toEqual({
      1: 'rejected 2',
      2: 'final 2',
      3: 'rejected 2',
      4: 'rejected 1',
    })
    expect((await scan.events()).slice(told)).toEqual([
      suspended(1, { revision: 2 }),
      confirmed(2, { revision: 2 }),
      suspended(3, { revision: 2 }),
    ])
    await store.rollBack({ from: block(11.5), to: block(10) })
    expect((await scan.events()).slice(told + 3)).toEqual([
      { ...reversed(1, { revision: 2 }), suspended: true },
      reversed(2, { revision: 2 }),
      { ...reversed(3, { revision: 2 }), suspended: true },
    ])
  })

  test('is suspended again by a rescan, by the same id', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [dust(1, 10), pay(2, 10, { rejection: 'internal' })]
    await store.advance(on(null, chainOf(10), transfers, 10))
    const id = await scan.requestRescan(10n, 10n)

    const result = await store.applyRescan({ id, blocks: chainOf(10), transfers })

    expect(result).toEqual({ found: 2, added: 0, republished: 1 })
    expect(await scan.events()).toEqual([suspended(1), suspended(1)])
  })

  test.each(UNBOOKED)('as %s is credited by a rescan once that has changed', async (rejection) => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10), [pay(1, 10, { rejection })], 10))
    const id = await scan.requestRescan(10n, 10n)

    await store.applyRescan({ id, blocks: chainOf(10), transfers: [pay(1, 10)] })

    expect(await statuses(scan)).toEqual({ 1: 'final 1' })
    expect(await scan.deposits()).toMatchObject([{ reason: null }])
    expect(await scan.events()).toEqual([confirmed(1)])
  })

  test('and that the ledger holds in suspense stays there, whatever a rescan finds', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10), [dust(1, 10)], 10))
    const id = await scan.requestRescan(10n, 10n)
    const [deposits] = await everything(scan)

    await store.applyRescan({ id, blocks: chainOf(10), transfers: [pay(1, 10)] })

    expect(await scan.deposits()).toEqual(deposits)
    expect(await scan.events()).toEqual([suspended(1), suspended(1)])
  })
}
