import { expect, test } from 'vitest'
import { LeaseLostError } from '../adapters/scan-lease.ts'
import { block, chainOf, everything, type OpenScan, on, pay, ref, START } from './scan-facts.ts'

/** What a store promises of its lease. */
export function leaseContract(open: OpenScan): void {
  test('is had by one process at a time, and taken over when it has run out', async () => {
    await using scan = await open()
    const [one, two] = [scan.store('one'), scan.store('two')]

    expect(await one.open()).toEqual({ checkpoint: null, start: START, final: null, latched: null })
    expect(await two.open()).toBeUndefined()
    expect(await one.open()).toBeDefined()

    await scan.endLease()
    expect(await two.open()).toBeDefined()
    expect(await one.open()).toBeUndefined()
  })

  test('that was taken over lets its old holder write nothing, whatever it tries', async () => {
    await using scan = await open()
    const [one, two] = [scan.store('one'), scan.store('two')]
    await one.open()
    await one.advance(on(null, chainOf(10, 11), [pay(1, 10)]))
    const id = await scan.requestRescan(10n, 10n)
    await scan.endLease()
    await two.open()
    const before = await everything(scan)

    const attempts = [
      () => one.advance(on(block(11), chainOf(12), [pay(2, 12)])),
      () => one.rollBack({ from: block(11), to: block(10) }),
      () => one.latch('too deep'),
      () => one.applyRescan({ id, blocks: chainOf(10), transfers: [pay(3, 10)] }),
    ]

    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(LeaseLostError)
    expect(await everything(scan)).toEqual(before)
    expect(await two.open()).toMatchObject({ checkpoint: ref(11), latched: null })
  })

  test('is needed from the first write on', async () => {
    await using scan = await open()

    const writing = scan.store('one').advance(on(null, chainOf(10)))

    await expect(writing).rejects.toThrow(LeaseLostError)
  })
}
