import { expect, test } from 'vitest'
import type { TierHeights } from '../domain/finality.ts'
import type { Advance } from '../ports.ts'
import {
  block,
  chainOf,
  confirmed,
  type OpenScan,
  on,
  opened,
  pay,
  reversed,
  statuses,
  suspended,
} from './scan-facts.ts'

const withTiers = (advance: Advance, tiers: TierHeights): Advance => ({ ...advance, tiers })

/** What a store promises of deposits whose amounts wait for more than their chain asks. */
export function tierContract(open: OpenScan): void {
  test('is final when its own tier is, and later than others of its block', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 10, { tier: '3' }), pay(2, 10), pay(3, 10, { tier: 'safe' })]

    const stored = await store.advance(
      withTiers(on(null, chainOf(10, 11), transfers, 11), { 3: 9n, safe: -1n }),
    )
    expect(stored).toEqual({ found: 3, published: 1 })
    expect(await statuses(scan)).toEqual({ 1: 'seen 0', 2: 'final 1', 3: 'seen 0' })

    await store.advance(withTiers(on(block(11), chainOf(12), [], 12), { 3: 10n, safe: 9n }))
    expect(await statuses(scan)).toMatchObject({ 1: 'final 1', 3: 'seen 0' })
    await store.advance(withTiers(on(block(12), [], [], 12), { 3: 10n, safe: 10n }))

    expect(await scan.deposits()).toMatchObject([
      { status: 'final', tier: '3' },
      { status: 'final', tier: null },
      { status: 'final', tier: 'safe' },
    ])
    expect(await scan.events()).toEqual([confirmed(2), confirmed(1), confirmed(3)])
  })

  test('is final at once where its tier is, as when a scan is far behind', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 10, { tier: '2' }), pay(2, 11, { tier: '2' })]

    await store.advance(withTiers(on(null, chainOf(10, 11), transfers, 11), { 2: 10n }))

    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'seen 0' })
    expect(await scan.events()).toEqual([confirmed(1)])
  })

  test('is told of in the order of the chain with all that is final by then', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 10, { tier: '3' }), pay(2, 11), pay(3, 11, { tier: '2' })]
    await store.advance(withTiers(on(null, chainOf(10, 11), transfers, 9), { 2: 9n, 3: 9n }))

    const more = on(block(11), chainOf(12), [pay(4, 12)], 12)
    await store.advance(withTiers(more, { 2: 11n, 3: 10n }))

    expect(await scan.events()).toEqual([confirmed(1), confirmed(2), confirmed(3), confirmed(4)])
  })

  test('that nobody names any more waits for the strongest that is left', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 10, { tier: '64' })]
    await store.advance(withTiers(on(null, chainOf(10, 11), transfers, 11), { 64: -1n }))

    await store.advance(withTiers(on(block(11), chainOf(12), [], 12), { 2: 11n, 30: 9n }))
    expect(await statuses(scan)).toEqual({ 1: 'seen 0' })
    await store.advance(on(block(12), chainOf(13), [], 13))

    expect(await statuses(scan)).toEqual({ 1: 'final 1' })
  })

  test('holds what is suspended back as well', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 10, { tier: '2', rejection: 'below_minimum' })]

    await store.advance(withTiers(on(null, chainOf(10), transfers, 10), { 2: 9n }))
    expect(await scan.events()).toEqual([])
    await store.advance(withTiers(on(block(10), chainOf(11), [], 11), { 2: 10n }))

    expect(await scan.events()).toEqual([suspended(1)])
  })

  test('that has not been reached goes with its block without a word', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [pay(1, 11, { tier: '9' }), pay(2, 11)]
    await store.advance(withTiers(on(null, chainOf(10, 11), transfers, 11), { 9: 3n }))

    const result = await store.rollBack({ from: block(11), to: block(10) })
    expect(result).toEqual({ blocks: 1, reversed: 1 })
    const back = [pay(1, 11.5), pay(2, 11.5, { tier: '9' })]
    await store.advance(withTiers(on(block(10), chainOf(11.5), back, 11), { 9: 3n }))

    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'seen 1' })
    expect(await scan.events()).toEqual([confirmed(2), reversed(2), confirmed(1)])
  })

  test('is held to by a rescan as the scan that went before it was', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(withTiers(on(null, chainOf(10, 11, 12), [], 12), { 2: 11n }))
    const id = await scan.requestRescan(10n, 12n)
    const transfers = [pay(1, 11, { tier: '2' }), pay(2, 12, { tier: '2' }), pay(3, 12)]

    await store.applyRescan({ id, blocks: chainOf(10, 11, 12), transfers })

    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'seen 0', 3: 'final 1' })
    expect(await scan.events()).toEqual([confirmed(1), confirmed(3)])
  })
}
