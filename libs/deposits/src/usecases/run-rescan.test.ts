import { expect, test } from 'vitest'
import { payNative, payTokens } from '../testing/fake-transfers.ts'
import { memoryScan } from '../testing/memory-scan.ts'
import { ALICE, BOB } from '../testing/scan-facts.ts'

test('rests while no rescan is asked for', async () => {
  const scan = memoryScan()

  expect(await scan.rescan()).toBe('idle')
})

test('reads the range in chunks, adds what an address has been paid before it was known', async () => {
  const scan = memoryScan({ watched: [ALICE], chunkBlocks: 3 })
  scan.chain.mine(payTokens([ALICE, 5n], [BOB, 6n]))
  scan.chain.mineEmpty(2)
  scan.chain.mine(payNative(BOB, 7n))
  await scan.settle()
  scan.watch(BOB)
  scan.database.requestRescan(0n, 4n)
  const before = scan.told.length

  while ((await scan.rescan()) === 'busy');

  expect(scan.told.slice(before)).toEqual([
    'rescan-1: 2 found, 1 added, 1 republished',
    'rescan-1: 1 found, 1 added, 0 republished',
  ])
  expect(scan.database.deposits().map(({ amount }) => amount)).toEqual([5n, 6n, 7n])
})

test('changes nothing when it is repeated, and says the same again', async () => {
  const scan = memoryScan()
  scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()
  const [deposits, events] = [scan.database.deposits(), scan.database.events()]

  for (let times = 0; times < 2; times++) {
    scan.database.requestRescan(0n, 1n)
    while ((await scan.rescan()) === 'busy');
  }

  expect(scan.database.deposits()).toEqual(deposits)
  expect(scan.database.events()).toEqual([...events, ...events, ...events])
})

test('waits while a reorg is not followed yet, and then sees the new branch only', async () => {
  const scan = memoryScan()
  scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()
  scan.chain.reorg(1, [payTokens([BOB, 6n])], [])
  scan.database.requestRescan(0n, 1n)

  await expect(scan.rescan()).rejects.toThrow(/not on the stored chain/)
  await scan.settle()
  expect(await scan.rescan()).toBe('busy')

  expect(scan.database.deposits().map(({ status, amount }) => [status, amount])).toEqual([
    ['orphaned', 5n],
    ['final', 6n],
  ])
})

test('is given up at a type of transaction that nobody knows, and holds up no other', async () => {
  const scan = memoryScan({ chunkBlocks: 2 })
  scan.chain.mineEmpty(3)
  const paid = scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()
  scan.database.requestRescan(0n, 4n)
  scan.database.requestRescan(0n, 1n)
  scan.chain.meddle(({ method, params }, answer) =>
    method === 'eth_getBlockReceipts' && params[0] === paid.hash
      ? (answer as object[]).map((receipt) => ({ ...receipt, type: '0x55' }))
      : answer,
  )
  const before = scan.told.length

  while ((await scan.rescan()) === 'busy');

  expect(scan.told.slice(before)).toEqual([
    'rescan-1: 0 found, 0 added, 0 republished',
    'rescan-1: 0 found, 0 added, 0 republished',
    expect.stringMatching(/^rescan-1 failed: Block 4 .* of type 0x55, which is not known/),
    'rescan-2: 0 found, 0 added, 0 republished',
  ])
})

test('does not run without the lease, nor while the chain is latched', async () => {
  const scan = memoryScan()
  scan.chain.mineEmpty(1)
  await scan.settle()
  scan.database.requestRescan(0n, 1n)

  expect(await scan.start('two').rescan()).toBe('idle')
  await scan.store.latch('too deep')
  expect(await scan.rescan()).toBe('idle')
})
