import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import type { RescanRange, RescanView } from '../read-ports.ts'
import { RESCAN_BLOCKS_MAX, requestRescan } from './request-rescan.ts'

const CHAIN = chainIdOf(31337)

/** A chain whose blocks below `position` are scanned. */
function rescansAt(position: bigint) {
  const asked: RescanRange[] = []
  const request = requestRescan({
    requests: {
      add: async (range) => {
        asked.push(range)
        return { id: '1', ...range } as RescanView
      },
      find: async () => undefined,
    },
    statuses: { scanPosition: async () => position },
    chains: [CHAIN],
  })
  return {
    asked,
    request: (fromBlock: bigint, toBlock: bigint) => request({ chain: CHAIN, fromBlock, toBlock }),
  }
}

test('asks for scanned blocks, from the first to the last and as many as allowed', async () => {
  const { request, asked } = rescansAt(RESCAN_BLOCKS_MAX)

  await request(0n, 0n)
  await request(0n, RESCAN_BLOCKS_MAX - 1n)

  expect(asked).toEqual([
    { chain: CHAIN, fromBlock: 0n, toBlock: 0n },
    { chain: CHAIN, fromBlock: 0n, toBlock: RESCAN_BLOCKS_MAX - 1n },
  ])
})

test.each([
  ['an inverted range', 10n, 2n, 1n, 'must not be above'],
  ['more than is allowed', 2_000_000n, 0n, RESCAN_BLOCKS_MAX, '1000001 blocks'],
  ['blocks beyond the checkpoint', 10n, 5n, 10n, 'it is 9'],
  ['anything before the first scan', 0n, 0n, 0n, 'no block is scanned yet'],
])('refuses %s', async (_, position, from, to, words) => {
  const { request, asked } = rescansAt(position)

  await expect(request(from, to)).rejects.toThrow(words)
  expect(asked).toEqual([])
})
