import { expect, test } from 'vitest'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { CHAIN, payTokens } from '../testing/fake-transfers.ts'
import { type MemoryScanSettings, memoryScan } from '../testing/memory-scan.ts'
import { ALICE } from '../testing/scan-facts.ts'
import { type UnlatchPlan, unlatchChain } from './unlatch-chain.ts'

test('a plan names what will be taken back, and changes nothing', async () => {
  const { scan, unlatch } = await latchedAt(30, { reorg: 12 })
  const before = [scan.database.deposits(), scan.database.events()]

  const plan = await unlatch.plan(CHAIN)

  expect(plan).toMatchObject({
    chain: CHAIN,
    reason: expect.stringMatching(/undo 4 blocks/),
    checkpoint: { number: 30n },
    final: 30n,
    head: { number: 31n },
    keeps: scan.chain
      .blocks()
      .slice(18, 19)
      .map(({ number, hash }) => ({ number, hash }))[0],
    blocks: 12n,
    isBelowFinal: true,
    reversed: 12,
  })
  expect(plan.deposits[0]).toMatchObject({ status: 'final', blockNumber: 19n, amount: 5n })
  expect([scan.database.deposits(), scan.database.events()]).toEqual(before)
  expect(await scan.store.open()).toMatchObject({ latched: plan.reason })
})

test.each([5, 11, 16, 29, 30])('a reorg of %d blocks is followed once planned', async (reorg) => {
  const { scan, unlatch, unlatched } = await latchedAt(30, { reorg })

  const plan = await unlatch.plan(CHAIN)
  const done = await unlatch.carryOut(CHAIN, plan.keeps?.hash ?? null)
  await scan.settle()

  expect(plan).toMatchObject({ blocks: BigInt(reorg), reversed: reorg })
  expect(done).toEqual(plan)
  expect(unlatched).toEqual([plan])
  const tip = scan.chain.blocks().at(-1)
  expect(await scan.store.open()).toMatchObject({
    latched: null,
    checkpoint: { number: tip?.number, hash: tip?.hash },
  })
  const reversals = scan.database.events().filter(({ type }) => type === 'deposit.reversed')
  expect(reversals).toHaveLength(reorg)
})

test('another chain altogether leaves nothing to keep', async () => {
  const { scan, unlatch } = await latchedAt(30, { reorg: 31 })

  const plan = await unlatch.plan(CHAIN)
  await unlatch.carryOut(CHAIN, null)
  await scan.settle()

  expect(plan).toMatchObject({ keeps: null, blocks: 31n, isBelowFinal: true, reversed: 30 })
  expect(await scan.store.open()).toMatchObject({ latched: null, checkpoint: { number: 31n } })
})

test('a node that came back to our branch costs nothing', async () => {
  const { scan, unlatch, old } = await latchedAt(30, { reorg: 12 })
  scan.chain.flipTo(old)
  const before = [scan.database.deposits(), scan.database.events()]

  const plan = await unlatch.plan(CHAIN)
  await unlatch.carryOut(CHAIN, plan.keeps?.hash ?? null)
  scan.chain.mine(payTokens([ALICE, 7n]))

  expect(plan).toMatchObject({ keeps: plan.checkpoint, blocks: 0n, isBelowFinal: false })
  expect(plan).toMatchObject({ reversed: 0, deposits: [] })
  expect([scan.database.deposits(), scan.database.events()]).toEqual(before)
  await scan.settle()
  expect(await scan.store.open()).toMatchObject({ latched: null, checkpoint: { number: 31n } })
})

test('a node that is behind, on our branch, takes nothing back', async () => {
  const { scan, unlatch, old } = await latchedAt(30, { reorg: 12 })
  scan.chain.flipTo(old.slice(0, 20))

  const plan = await unlatch.plan(CHAIN)

  expect(plan).toMatchObject({ head: { number: 19n }, keeps: plan.checkpoint, blocks: 0n })
})

test('what changed since the plan is refused and does nothing', async () => {
  const { scan, unlatch, unlatched } = await latchedAt(30, { reorg: 12 })
  const plan = await unlatch.plan(CHAIN)
  const before = [scan.database.deposits(), scan.database.events()]
  scan.chain.reorg(20, ...Array.from({ length: 21 }, () => []))

  const carryingOut = unlatch.carryOut(CHAIN, plan.keeps?.hash ?? null)

  await expect(carryingOut).rejects.toMatchObject({ code: 'UNLATCH_MOVED' })
  await expect(carryingOut).rejects.toThrow(/last block that would stay is 11/)
  await expect(unlatch.carryOut(CHAIN, null)).rejects.toMatchObject({ code: 'UNLATCH_MOVED' })
  expect([scan.database.deposits(), scan.database.events()]).toEqual(before)
  expect(await scan.store.open()).toMatchObject({ latched: plan.reason })
  expect(unlatched).toEqual([])
})

test('a chain that is not latched, or not followed, has nothing to lift', async () => {
  const { unlatch } = await latchedAt(5, { reorg: 2 })

  await expect(unlatch.plan(CHAIN)).rejects.toMatchObject({ code: 'CHAIN_NOT_LATCHED' })
  await expect(unlatch.carryOut(CHAIN, null)).rejects.toMatchObject({ code: 'CHAIN_NOT_LATCHED' })
  await expect(unlatch.plan('eip155:7' as never)).rejects.toMatchObject({ code: 'CHAIN_UNKNOWN' })
})

/** A scan of so many blocks with a final deposit each, after a reorg; 4 blocks are allowed. */
async function latchedAt(
  blocks: number,
  { reorg, ...settings }: MemoryScanSettings & { reorg: number },
) {
  const scan = memoryScan({ reorgDepthMax: 4, ...settings })
  for (let mined = 0; mined < blocks; mined++) scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()
  const old = scan.chain.blocks()
  scan.chain.reorg(reorg, ...Array.from({ length: reorg + 1 }, () => []))
  await scan.settle()
  const unlatched: UnlatchPlan[] = []
  const reader = fakeChainReader(scan.chain, 1)
  const unlatch = unlatchChain({
    latches: scan.database.latches,
    nodeOf: () => reader,
    chains: [CHAIN],
    onUnlatched: (plan) => unlatched.push(plan),
  })
  return { scan, unlatch, unlatched, old }
}
