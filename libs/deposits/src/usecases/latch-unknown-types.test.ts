import { expect, test } from 'vitest'
import type { RpcReceipt } from '../adapters/rpc-answers.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { CHAIN, payTokens } from '../testing/fake-transfers.ts'
import { type MemoryScan, memoryScan } from '../testing/memory-scan.ts'
import { ALICE } from '../testing/scan-facts.ts'
import { unlatchChain } from './unlatch-chain.ts'

test('a transaction of an unknown type latches the chain before its block is stored', async () => {
  const scan = memoryScan({ chunkBlocks: 1 })
  for (let mined = 0; mined < 3; mined++) scan.chain.mine(payTokens([ALICE, 5n]))
  retype(scan, 3, '0x7d')

  await scan.settle()

  expect(scan.database.deposits()).toHaveLength(2)
  const [, , , block] = scan.chain.blocks()
  expect(await scan.store.open()).toMatchObject({
    checkpoint: { number: 2n },
    latched: expect.stringContaining(`Block 3 (${block?.hash}) has transaction 0x`),
  })
  expect(scan.told.at(-1)).toMatch(/^latched: .* of type 0x7d, .* Expected one of 0x0, 0x1, /)
})

test('the latch lifts at no cost, and is set again as long as the type is unknown', async () => {
  const scan = memoryScan()
  scan.chain.mine(payTokens([ALICE, 5n]))
  retype(scan, 1, '0x7d')
  await scan.settle()
  const unlatch = unlatchChain({
    latches: scan.database.latches,
    nodeOf: () => fakeChainReader(scan.chain, 1),
    chains: [CHAIN],
    onUnlatched: () => undefined,
  })

  await unlatch.carryOut(CHAIN, (await unlatch.plan(CHAIN)).keeps?.hash ?? null)
  await scan.settle()
  expect(await scan.store.open()).toMatchObject({ latched: expect.stringContaining('0x7d') })

  scan.chain.meddle(undefined)
  await unlatch.carryOut(CHAIN, (await unlatch.plan(CHAIN)).keeps?.hash ?? null)
  await scan.settle()
  expect(await scan.store.open()).toMatchObject({ latched: null, checkpoint: { number: 1n } })
  expect(scan.database.deposits()).toMatchObject([{ status: 'final' }])
})

test('any other failure latches nothing', async () => {
  const scan = memoryScan()
  scan.chain.mine(payTokens([ALICE, 5n]))
  scan.chain.meddle(({ method }, answer) => (method === 'eth_getBlockReceipts' ? null : answer))

  await expect(scan.scan()).rejects.toMatchObject({ code: 'SCAN_BLOCK_PROOF' })

  expect(await scan.store.open()).toMatchObject({ latched: null })
})

/** Lets the node say that the transactions of one block have another type. */
function retype(scan: MemoryScan, height: number, type: string): void {
  scan.chain.meddle(({ method }, answer) => {
    if (method !== 'eth_getBlockReceipts') return answer
    const { hash } = scan.chain.blocks()[height] ?? {}
    const receipts = answer as RpcReceipt[]
    return receipts.map((receipt) => (receipt.blockHash === hash ? { ...receipt, type } : receipt))
  })
}
