import { expect, test } from 'vitest'
import { LeaseLostError } from '../adapters/scan-lease.ts'
import type { Gap, GapKind } from '../gap-ports.ts'
import { CHAIN } from './fake-transfers.ts'
import { block, chainOf, type OpenScan, on, opened, type ScanStoreUnderTest } from './scan-facts.ts'

/** What a store promises of the gaps of its chain. */
export function gapContract(open: OpenScan): void {
  test('is told with all that is known of it', async () => {
    await using scan = await open()
    const store = await opened(scan)

    await store.openGap(range(20, 29))

    const gap = {
      id: expect.any(BigInt),
      ...range(20, 29),
      chain: CHAIN,
      openedAt: expect.any(Date),
      ...{ attempts: 0, lastError: null, closedAt: null, closedBy: null },
    }
    expect(await store.nextGap('traces')).toEqual(gap)
    expect(await store.nextGap('blocks')).toBeUndefined()
    expect(await scan.gaps.list({}, { before: undefined, limit: 9 })).toEqual([gap])
  })

  test('grows by what continues or overlaps it, of its own kind and reason', async () => {
    await using scan = await open()
    const store = await opened(scan)

    await store.openGap(range(20, 29))
    await store.openGap(range(30, 30))
    await store.openGap(range(15, 22))
    await store.openGap(range(25, 26))
    expect(await gapsOf(scan)).toEqual(['traces 15-30'])

    await store.openGap(range(32, 32))
    await store.openGap({ ...range(31, 31), reason: 'another' })
    await store.openGap({ ...range(20, 29), kind: 'audit' })

    expect(await gapsOf(scan)).toEqual([
      'traces 15-30',
      'traces 32-32',
      'traces 31-31',
      'audit 20-29',
    ])
  })

  test('shrinks by what is done of it, falls in two, and is closed at last', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.openGap(range(20, 29))
    await store.openGap({ ...range(20, 29), kind: 'audit' })

    await store.closeGaps(range(10, 21))
    expect(await gapsOf(scan, 'traces')).toEqual(['traces 22-29'])
    await store.closeGaps(range(29, 40))
    expect(await gapsOf(scan, 'traces')).toEqual(['traces 22-28'])
    await store.closeGaps(range(24, 25))
    expect(await gapsOf(scan, 'traces')).toEqual(['traces 22-23', 'traces 26-28'])
    await store.closeGaps(range(0, 26))
    await store.closeGaps(range(27, 28))

    expect(await gapsOf(scan)).toEqual(['traces 22-23, work', 'audit 20-29', 'traces 27-28, work'])
    expect(await store.nextGap('traces')).toBeUndefined()
  })

  test('that was closed is opened again by what goes on after it, and by nothing else', async () => {
    await using scan = await open()
    const store = await opened(scan)
    for (const height of [20, 21, 22]) {
      await store.openGap(range(height, height))
      await store.closeGaps(range(height, height))
    }
    expect(await gapsOf(scan)).toEqual(['traces 22-22, work'])

    await store.openGap(range(23, 24))
    expect(await gapsOf(scan)).toEqual(['traces 23-24'])
    await store.openGap(range(20, 20))

    expect(await gapsOf(scan)).toEqual(['traces 23-24', 'traces 20-20'])
  })

  test('that fails stays open, counts it, and lets others go before', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.openGap(range(20, 22))
    await store.openGap(range(30, 32))
    const first = (await store.nextGap('traces')) as Gap
    expect(first.fromBlock).toBe(20n)

    await store.failGap(first.id, 'the node has no traces')

    expect((await store.nextGap('traces'))?.fromBlock).toBe(30n)
    expect(await scan.gaps.find(first.id)).toMatchObject({
      attempts: 1,
      lastError: 'the node has no traces',
      closedAt: null,
    })
    await store.closeGaps(range(20, 20))
    expect(await scan.gaps.find(first.id)).toMatchObject({ attempts: 0, lastError: null })
    expect((await store.nextGap('traces'))?.fromBlock).toBe(21n)
  })

  test('loses to a reorg what is above the ancestor', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11, 12, 13), [], 10))
    await store.openGap(range(10, 11))
    await store.openGap({ ...range(11, 13), kind: 'audit' })
    await store.openGap(range(13, 13))

    await store.rollBack({ from: block(13), to: block(11) })
    expect(await gapsOf(scan)).toEqual(['traces 10-11', 'audit 11-11', 'traces 13-13, reorg'])
    await store.openGap(range(14, 14))
    await store.rollBack({ from: block(11), to: null })

    expect(await gapsOf(scan)).toEqual([
      'traces 10-11, reorg',
      'audit 11-11, reorg',
      'traces 13-13, reorg',
      'traces 14-14, reorg',
    ])
  })

  test('is written under the lease of its chain only', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.openGap(range(20, 29))
    const { id } = (await store.nextGap('traces')) as Gap
    await scan.endLease()
    await scan.store('two').open()

    const attempts = [
      () => store.openGap(range(40, 49)),
      () => store.closeGaps(range(20, 29)),
      () => store.failGap(id, 'too late'),
    ]

    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(LeaseLostError)
    expect(await scan.gaps.find(id)).toMatchObject({ attempts: 0, closedAt: null })
    expect(await gapsOf(scan)).toEqual(['traces 20-29'])
  })

  test('is counted by its kind while it is open, and listed newest first in pages', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.openGap(range(20, 29))
    await store.openGap(range(40, 49))
    await store.openGap({ ...range(5, 5), kind: 'audit' })
    await store.closeGaps(range(21, 22))
    await store.closeGaps(range(40, 49))

    expect(await scan.gaps.counts()).toEqual([
      { chain: CHAIN, kind: 'audit', gaps: 1, blocks: 1n },
      { chain: CHAIN, kind: 'traces', gaps: 2, blocks: 8n },
    ])
    const { list } = scan.gaps
    const page = await list({ chain: CHAIN, isOpen: true }, { before: undefined, limit: 2 })
    expect(page.map(nameOf)).toEqual(['traces 23-29', 'audit 5-5'])
    const rest = await list({ isOpen: true }, { before: page.at(-1)?.id, limit: 2 })
    expect(rest.map(nameOf)).toEqual(['traces 20-20'])
    const closed = await list({ isOpen: false }, { before: undefined, limit: 9 })
    expect(closed.map(nameOf)).toEqual(['traces 40-49, work'])
  })
}

const range = (from: number, to: number) => ({
  kind: 'traces' as const,
  ...{ fromBlock: BigInt(from), toBlock: BigInt(to), reason: 'not traced yet' },
})

/** All gaps in words, in the order in which they were opened first. */
async function gapsOf({ gaps }: ScanStoreUnderTest, kind?: GapKind): Promise<string[]> {
  const found = await gaps.list({}, { before: undefined, limit: 99 })
  return found
    .filter((gap) => gap.kind === (kind ?? gap.kind))
    .map(nameOf)
    .reverse()
}

const nameOf = ({ kind, fromBlock, toBlock, closedBy }: Gap) =>
  `${kind} ${fromBlock}-${toBlock}${closedBy ? `, ${closedBy}` : ''}`
