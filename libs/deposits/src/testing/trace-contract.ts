import { expect, test } from 'vitest'
import { RescanMovedError } from '../adapters/postgres-rescans.ts'
import { LeaseLostError } from '../adapters/scan-lease.ts'
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
  type ScanStoreUnderTest,
  statuses,
} from './scan-facts.ts'

/** What a store promises of calls that are read behind the scan. */
export function traceContract(open: OpenScan): void {
  test('are owed from the moment on in which their blocks are stored, as one range', async () => {
    await using scan = await open()
    const store = await opened(scan)

    await store.advance({ ...on(null, chainOf(10, 11)), owesTraces: true })
    await store.advance({ ...on(block(11), chainOf(12)), owesTraces: true })
    await store.advance(on(block(12), []))

    expect(await owed(scan)).toEqual(['10-12'])
    await expect(
      store.advance({ ...on(null, chainOf(13)), owesTraces: true }),
    ).rejects.toBeInstanceOf(LeaseLostError)
    expect(await owed(scan)).toEqual(['10-12'])
  })

  test('bring deposits that are published at once where they are final, and are owed no more', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance({ ...on(null, chainOf(10, 11, 12), [pay(1, 11)], 11), owesTraces: true })

    const result = await store.applyTraces({
      blocks: chainOf(10, 11),
      transfers: [pay(2, 10), pay(3, 11)],
    })
    const later = await store.applyTraces({ blocks: chainOf(12), transfers: [pay(4, 12)] })

    expect([result, later]).toEqual([
      { found: 2, published: 2 },
      { found: 1, published: 0 },
    ])
    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'final 1', 3: 'final 1', 4: 'seen 0' })
    expect(await scan.events()).toEqual([confirmed(1), confirmed(2), confirmed(3)])
    expect(await owed(scan)).toEqual([])
  })

  test('that are read twice change nothing', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance({ ...on(null, chainOf(10), [], 10), owesTraces: true })
    const piece = { blocks: chainOf(10), transfers: [pay(1, 10)] }
    await store.applyTraces(piece)
    const before = await everything(scan)

    expect(await store.applyTraces(piece)).toEqual({ found: 0, published: 0 })

    expect(await everything(scan)).toEqual(before)
  })

  test('of a branch that is gone are not believed, and stay owed', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance({ ...on(null, chainOf(10, 11), [], 11), owesTraces: true })

    await expect(
      store.applyTraces({ blocks: [block(10), block(11.5, 10)], transfers: [pay(1, 10)] }),
    ).rejects.toBeInstanceOf(RescanMovedError)

    expect(await scan.deposits()).toEqual([])
    expect(await owed(scan)).toEqual(['10-11'])
  })

  test('of blocks that a reorg takes away are owed no more, and what they brought is taken back', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance({ ...on(null, chainOf(10, 11, 12, 13), [], 13), owesTraces: true })
    await store.applyTraces({ blocks: chainOf(10, 11), transfers: [pay(1, 10), pay(2, 11)] })

    await store.rollBack({ from: block(13), to: block(10) })

    expect(await owed(scan)).toEqual([])
    expect(await statuses(scan)).toEqual({ 1: 'final 1', 2: 'orphaned 1' })
    expect(await scan.events()).toEqual([confirmed(1), confirmed(2), reversed(2)])
    await store.advance({ ...on(block(10), chainOf(11.5)), owesTraces: true })
    expect(await owed(scan)).toEqual(['11-11'])
  })

  test('are stored by nobody who has lost the lease', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance({ ...on(null, chainOf(10), [], 10), owesTraces: true })
    await scan.endLease()
    await scan.store('two').open()

    await expect(
      store.applyTraces({ blocks: chainOf(10), transfers: [pay(1, 10)] }),
    ).rejects.toBeInstanceOf(LeaseLostError)

    expect(await scan.deposits()).toEqual([])
    expect(await owed(scan)).toEqual(['10-10'])
  })
}

async function owed(scan: ScanStoreUnderTest): Promise<string[]> {
  const gaps = await scan.gaps.list({ isOpen: true }, { before: undefined, limit: 9 })
  return gaps
    .filter(({ kind }) => kind === 'traces')
    .map(({ fromBlock, toBlock }) => `${fromBlock}-${toBlock}`)
}
