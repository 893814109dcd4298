import { parseDepositReference } from '@coffer/events/deposit-reference'
import { expect, test } from 'vitest'
import {
  block,
  chainOf,
  confirmed,
  type OpenScan,
  on,
  opened,
  pay,
  reversed,
  type ScanStoreUnderTest,
  statuses,
} from './scan-facts.ts'

/** What a store promises when it is told what the ledger has booked. */
export function bookingsContract(open: OpenScan): void {
  test('marks a final deposit credited, and no other', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12), [pay(1, 10), pay(2, 11), pay(3, 12)], 11))

    await record(scan, confirmed(1).id, confirmed(3).id, confirmed(9).id, confirmed(1).id)

    expect(await statuses(scan)).toEqual({ 1: 'credited 1', 2: 'final 1', 3: 'seen 0' })
  })

  test('marks a deposit reversed that a reorg had taken back after its credit', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)], 11))
    await record(scan, confirmed(1).id)

    await store.rollBack({ from: block(11), to: block(10) })
    expect(await statuses(scan)).toEqual({ 1: 'orphaned 1' })
    await record(scan, confirmed(1).id, reversed(1).id)

    expect(await statuses(scan)).toEqual({ 1: 'reversed 1' })
    expect(await scan.events()).toEqual([confirmed(1), reversed(1)])
  })

  test('counts for the revision that it was made for, also when it comes late', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)], 11))
    await store.rollBack({ from: block(11), to: block(10) })
    await record(scan, reversed(1).id)
    await store.advance(on(block(10), chainOf(11.5), [pay(1, 11.5)], 11))

    await record(scan, confirmed(1).id)
    expect(await statuses(scan)).toEqual({ 1: 'final 2' })
    await record(scan, confirmed(1, { revision: 2 }).id)

    expect(await statuses(scan)).toEqual({ 1: 'credited 2' })
  })
}

async function record({ bookings }: ScanStoreUnderTest, ...references: string[]): Promise<void> {
  const at = new Date(0)
  await bookings.record(references.map((each) => ({ ...parseDepositReference(each), at })))
}
