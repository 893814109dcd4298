import { expect, test } from 'vitest'
import type { Block } from '../domain/block.ts'
import type { ScanStore } from '../ports.ts'
import { fakeChain } from '../testing/fake-chain.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { advanceScan } from './advance-scan.ts'

const stored: ScanStore['advance'] = async () => ({ found: 0, published: 0 })

/** Scans a block by these ports, and tells what came of it and how often its memory went back. */
async function scanned({ advance = stored, isAgreed = true }) {
  const chain = fakeChain()
  chain.mineEmpty(1)
  const [given] = await fakeChainReader(chain, 1).blocks(1n, 1n)
  let released = 0
  const block: Block = { ...(given as Block), release: () => (released += 1) }
  const scan = advanceScan({
    store: { advance },
    agreeOnFinal: async () => (isAgreed ? { final: 1n, tiers: {} } : undefined),
    observer: { advanced: () => undefined },
  })
  const state = { checkpoint: null, start: 1n, final: null, latched: null }
  const read = { blocks: [block], head: { ...block, tagged: {} }, scanned: block }
  const outcome = await scan
    .store(state, { ...read, findTransfers: async () => [] })
    .catch((error: Error) => error.message)
  return { outcome, released }
}

test('gives back the memory of blocks once they are stored', async () => {
  expect(await scanned({})).toEqual({ outcome: 'busy', released: 1 })
})

test('keeps blocks that could not be stored, or that a quorum contradicts', async () => {
  const advance = () => Promise.reject(new Error('no database'))

  expect(await scanned({ advance })).toEqual({ outcome: 'no database', released: 0 })
  expect(await scanned({ isAgreed: false })).toEqual({ outcome: 'contradicted', released: 0 })
})
