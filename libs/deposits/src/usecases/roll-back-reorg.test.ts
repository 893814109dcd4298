import type { BlockHash } from '@coffer/evm/hash'
import { headerHash } from '@coffer/evm/header-hash'
import { describe, expect, test } from 'vitest'
import type { RpcHeader } from '../adapters/rpc-answers.ts'
import type { ScanState } from '../ports.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { payTokens } from '../testing/fake-transfers.ts'
import { type MemoryScanSettings, memoryScan } from '../testing/memory-scan.ts'
import { ALICE } from '../testing/scan-facts.ts'
import { silentObserver } from '../testing/silent-observer.ts'
import { rollBackReorg } from './roll-back-reorg.ts'

test('a reorg may undo as many blocks as the policy allows', async () => {
  const scan = await followed(30, { reorgDepthMax: 20 })

  scan.chain.reorg(20, ...Array.from({ length: 21 }, () => []))
  await scan.settle()

  expect(scan.told).toContain('back to 10: 20 blocks, 20 reversed')
  expect(await scan.store.storedBlocks(31n, 31n)).toMatchObject([scan.chain.blocks()[31]].map(ref))
})

describe('a reorg that undoes more latches the chain and writes nothing', () => {
  test.each([1, 16, 20, 29])('by a block beyond %d', async (reorgDepthMax) => {
    const scan = await followed(30, { reorgDepthMax })
    const before = [scan.database.deposits(), scan.database.events()]

    scan.chain.reorg(reorgDepthMax + 1, ...Array.from({ length: reorgDepthMax + 2 }, () => []))
    await scan.settle()

    expect(await scan.store.open()).toMatchObject({
      checkpoint: { number: 30n },
      latched: expect.stringMatching(/from block \d+ on.* undo \d+ blocks below 30 at most/),
    })
    expect([scan.database.deposits(), scan.database.events()]).toEqual(before)
    expect(scan.told.filter((line) => line.startsWith('latched'))).toHaveLength(1)
  })

  test('and stays so when the node comes back to the old branch', async () => {
    const scan = await followed(30, { reorgDepthMax: 4 })
    const old = scan.chain.blocks()
    scan.chain.reorg(10, ...Array.from({ length: 11 }, () => []))
    await scan.settle()

    scan.chain.flipTo(old)
    scan.chain.mine(payTokens([ALICE, 5n]))
    await scan.settle()

    expect(await scan.store.open()).toMatchObject({ checkpoint: { number: 30n } })
  })

  test('when it replaces the first block of all, which no reorg does', async () => {
    const scan = await followed(3, { reorgDepthMax: 64 })

    scan.chain.reorg(4, [], [], [], [], [])
    await scan.settle()

    expect(await scan.store.open()).toMatchObject({ latched: expect.any(String) })
  })
})

test.each([2, 9])('a reorg of %d blocks that others object to undoes nothing', async (depth) => {
  const { chain, store, database } = await followed(12, { reorgDepthMax: 8 })
  const before = [database.deposits(), database.events()]
  chain.reorg(depth, ...Array.from({ length: depth + 1 }, () => []))
  const rollBack = rollBackReorg({
    ...{ store, observer: silentObserver, reorgDepthMax: 8 },
    reader: fakeChainReader(chain, 1),
    confirmReorg: async () => 'the others have our block',
  })
  const state = (await store.open()) as ScanState

  await expect(rollBack(state)).rejects.toThrow('the others have our block')

  expect(await store.open()).toEqual(state)
  expect([database.deposits(), database.events()]).toEqual(before)
})

test('a reorg down to the start, and no deeper than the policy, begins anew', async () => {
  const scan = await followed(12, { reorgDepthMax: 8, start: 10n })

  scan.chain.reorg(4, [], [], [payTokens([ALICE, 5n])], [], [])
  await scan.settle()

  expect(scan.told).toContain('back to nothing: 3 blocks, 3 reversed')
  expect(scan.database.deposits().at(-1)).toMatchObject({ status: 'final', blockNumber: 11n })
})

/** The header as it would be on another parent, and right in itself. */
function onParent(header: RpcHeader, parentHash: BlockHash): RpcHeader {
  const moved = { ...header, parentHash, hash: '' }
  return { ...moved, hash: headerHash(moved) ?? '' }
}

describe('undoes nothing', () => {
  test('when the node has the checkpoint after all', async () => {
    const scan = await followed(10)
    const stale = scan.chain.blocks()
    scan.chain.reorg(1, [], [])
    const [orphan] = scan.chain.blocks().slice(-1)
    scan.chain.flipTo(stale)
    scan.chain.mineEmpty(1)
    scan.chain.meddle(({ method }, answer) => {
      if (method === 'eth_getBlockReceipts') return answer ?? []
      const isNext = (answer as { number?: string }).number === '0xb'
      return isNext && orphan ? onParent(answer as RpcHeader, orphan.hash) : answer
    })

    await expect(scan.scan()).rejects.toThrow(/does not stand on it/)

    expect(await scan.store.open()).toMatchObject({ checkpoint: { number: 10n }, latched: null })
    scan.chain.meddle(undefined)
    await scan.settle()
    expect(await scan.store.open()).toMatchObject({ checkpoint: { number: 11n } })
  })

  test.each([3, 12])(
    'while a node that is %d blocks behind can tell of no other block',
    async (behind) => {
      const scan = await followed(20, { reorgDepthMax: 8 })
      const before = [scan.database.deposits(), scan.database.events()]
      // One node is on another branch from block 20 on, and all the others have not got there yet.
      scan.chain.reorg(1, [], [])
      let looks = 0
      scan.chain.meddle(({ method, params: [height] }, answer) => {
        if (method !== 'eth_getBlockByNumber' || height === 'latest') return answer
        if (height === '0x15') return answer
        looks += 1
        return BigInt(height as string) > 20n - BigInt(behind) ? null : answer
      })

      await expect(scan.scan()).rejects.toMatchObject({ retry: 'retry' })

      expect(looks).toBeGreaterThan(0)
      expect([scan.database.deposits(), scan.database.events()]).toEqual(before)
      expect(await scan.store.open()).toMatchObject({ checkpoint: { number: 20n }, latched: null })
      scan.chain.meddle(undefined)
      await scan.settle()
      expect(scan.told).toContain('back to 19: 1 blocks, 1 reversed')
    },
  )
})

/** A scan of so many blocks, each with a deposit that is final. */
async function followed(blocks: number, settings: MemoryScanSettings = {}) {
  const scan = memoryScan(settings)
  for (let mined = 0; mined < blocks; mined++) scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()
  return scan
}

const ref = (block: { number: bigint; hash: string } | undefined) => ({
  number: block?.number,
  hash: block?.hash,
})
