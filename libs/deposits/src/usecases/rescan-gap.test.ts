import { expect, test } from 'vitest'
import type { Gap } from '../gap-ports.ts'
import type { RescanRange, RescanView } from '../read-ports.ts'
import { CHAIN } from '../testing/fake-transfers.ts'
import { RESCAN_BLOCKS_MAX } from './request-rescan.ts'
import { GapClosedError, GapNotRescannableError, rescanGap } from './rescan-gap.ts'

test('asks for the blocks of an open gap, to be taken out of it', async () => {
  const { rescan, requested } = rescanOf(gap({ fromBlock: 5n, toBlock: 9n }))

  await rescan(7n)

  expect(requested).toEqual([{ chain: CHAIN, fromBlock: 5n, toBlock: 9n, gap: 7n }])
})

test('asks for as many blocks of a long gap as one rescan may have', async () => {
  const { rescan, requested } = rescanOf(gap({ fromBlock: 5n, toBlock: 10n ** 9n }))

  await rescan(7n)

  expect(requested).toMatchObject([{ fromBlock: 5n, toBlock: 4n + RESCAN_BLOCKS_MAX }])
})

test('asks for nothing of a gap that is closed, or that nobody knows', async () => {
  const closed = rescanOf(gap({ closedAt: new Date(0), closedBy: 'work' }))
  const unknown = rescanOf(undefined)

  await expect(closed.rescan(7n)).rejects.toThrow(GapClosedError)
  expect(await unknown.rescan(7n)).toBeUndefined()

  expect([closed.requested, unknown.requested]).toEqual([[], []])
})

test('leaves to the scanner what the scanner works on', async () => {
  const { rescan, requested } = rescanOf(gap({ kind: 'traces', attempts: 3, lastError: 'slow' }))

  await expect(rescan(7n)).rejects.toThrow(GapNotRescannableError)
  await expect(rescan(7n)).rejects.toThrow('failed 3 times so far: slow')

  expect(requested).toEqual([])
})

const gap = (off: Partial<Gap>): Gap => ({
  ...{ id: 7n, chain: CHAIN, kind: 'audit', fromBlock: 1n, toBlock: 1n, reason: 'it differs' },
  ...{ openedAt: new Date(0), attempts: 0, lastError: null, closedAt: null, closedBy: null },
  ...off,
})

function rescanOf(found: Gap | undefined) {
  const requested: RescanRange[] = []
  const rescan = rescanGap({
    gaps: { find: async () => found },
    requestRescan: async (range) => {
      requested.push(range)
      return { id: 'a rescan' } as RescanView
    },
  })
  return { rescan, requested }
}
