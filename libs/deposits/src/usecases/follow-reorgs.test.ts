import { describe, expect, test } from 'vitest'
import { fakeAddress } from '../testing/fake-chain.ts'
import { payTokens } from '../testing/fake-transfers.ts'
import { type MemoryScan, type MemoryScanSettings, memoryScan } from '../testing/memory-scan.ts'
import { ALICE, BOB } from '../testing/scan-facts.ts'

describe('a reorg', () => {
  test('at the same height is seen', async () => {
    const scan = await followed()

    scan.chain.reorg(1, [payTokens([BOB, 7n])])
    await scan.settle()

    expectBranch(scan, ['final', 'orphaned', 'final'])
  })

  test('is seen when it comes with more blocks', async () => {
    const scan = await followed()

    scan.chain.reorg(1, [payTokens([BOB, 7n])], [], [])
    await scan.settle()

    expectBranch(scan, ['final', 'orphaned', 'final'])
  })

  test('to a shorter branch is seen', async () => {
    const scan = await followed()
    scan.chain.mineEmpty(3)
    await scan.settle()

    scan.chain.reorg(4, [payTokens([BOB, 7n])])
    await scan.settle()

    expectBranch(scan, ['final', 'orphaned', 'final'])
  })

  test('between the look at the head and the read of its block is followed', async () => {
    const scan = await followed()
    scan.chain.mine(payTokens([ALICE, 8n]))
    let reorgs = 0
    scan.chain.meddle(({ method }, answer) => {
      if (method !== 'eth_getBlockByNumber' || reorgs > 0) return answer
      reorgs += 1
      scan.chain.reorg(1, [payTokens([BOB, 9n])])
      return answer
    })

    await expect(scan.scan()).rejects.toThrow(/does not hold together/)
    await scan.settle()

    expect(scan.database.deposits().map(({ amount }) => amount)).toEqual([5n, 6n, 9n])
  })

  test('to a shorter branch, while the scan was behind, is followed', async () => {
    const scan = await followed({ chunksMax: 1 })
    scan.chain.mineEmpty(6)
    await scan.scan()
    scan.chain.reorg(7, [payTokens([BOB, 7n])])
    await expect(scan.scan()).rejects.toThrow(/has no block 6/)

    await scan.settle()

    expectBranch(scan, ['final', 'orphaned', 'final'])
  })

  test('within a chunk stores what is linked and reads the rest again', async () => {
    const scan = memoryScan({ chunkBlocks: 4 })
    scan.chain.mine(payTokens([ALICE, 5n]))
    scan.chain.mine(payTokens([ALICE, 6n]))
    scan.chain.mineEmpty(1)
    let reorgs = 0
    scan.chain.meddle(({ method, params }, answer) => {
      const isTop = method === 'eth_getBlockByNumber' && params[0] === '0x2'
      if (!isTop || reorgs > 0) return answer
      reorgs += 1
      scan.chain.reorg(2, [payTokens([BOB, 7n])], [])
      return answer
    })

    await scan.scan().catch(() => undefined)
    await scan.settle()

    expect(scan.database.deposits().map(({ amount }) => amount)).toEqual([5n, 7n])
  })

  test('whose middle of a chunk is still of the old branch hides no deposit', async () => {
    const scan = memoryScan({ chunkBlocks: 4 })
    scan.chain.mine(payTokens([ALICE, 5n]))
    scan.chain.mineEmpty(2)
    let reorgs = 0
    scan.chain.meddle(({ method, params }, answer) => {
      // Nodes still tell of a block that a reorg took, when they are asked for it by its hash.
      if (method === 'eth_getBlockReceipts' && answer === null) return []
      if (params[0] === '0x2' && reorgs === 0) {
        reorgs += 1
        scan.chain.reorg(2, [payTokens([BOB, 7n])], [])
      }
      return answer
    })

    await scan.settle()

    expect(reorgs).toBe(1)
    expect(scan.database.deposits().map(({ amount }) => amount)).toEqual([5n, 7n])
  })

  test('back to the old branch brings the old deposits back', async () => {
    const scan = await followed()
    const old = scan.chain.blocks()
    scan.chain.reorg(1, [payTokens([BOB, 7n])], [])
    await scan.settle()

    scan.chain.flipTo(old)
    scan.chain.mineEmpty(2)
    await scan.settle()

    expectBranch(scan, ['final', 'final', 'orphaned'])
    expect(scan.database.deposits()[1]).toMatchObject({ revision: 2 })
  })

  test('while nobody scanned is found by the next process', async () => {
    const scan = await followed()
    scan.chain.reorg(1, [payTokens([BOB, 7n])], [])
    const restarted = scan.start('one')

    while ((await restarted.scan()) === 'busy');

    expectBranch(scan, ['final', 'orphaned', 'final'])
  })

  test('that includes a transaction again confirms the same deposit under a new revision', async () => {
    const scan = memoryScan()
    const payment = payTokens([fakeAddress(0xc), 1n], [ALICE, 5n])
    scan.chain.mine(payment)
    await scan.settle()

    scan.chain.reorg(1, [payTokens([BOB, 7n])], [payTokens([BOB, 8n]), payment])
    await scan.settle()

    const [deposit] = scan.database.deposits()
    expect(deposit).toMatchObject({ status: 'final', revision: 2, blockNumber: 2n })
    const id = deposit?.id ?? ''
    expect(scan.database.events().filter((event) => event.id.startsWith(id))).toMatchObject([
      { type: 'deposit.confirmed', id },
      { type: 'deposit.reversed', id: `${id}/reversal` },
      { type: 'deposit.confirmed', id: `${id}#2` },
    ])
  })

  /** Two deposits in two blocks, both final. */
  async function followed(settings: MemoryScanSettings = {}): Promise<MemoryScan> {
    const scan = memoryScan(settings)
    scan.chain.mine(payTokens([ALICE, 5n]))
    scan.chain.mine(payTokens([ALICE, 6n]))
    await scan.settle()
    return scan
  }

  /** The checkpoint is the node's tip, and the deposits of 5, 6 and 7 units are as told. */
  function expectBranch({ database }: MemoryScan, statuses: string[]) {
    const deposits = database.deposits()
    expect(deposits.map(({ amount }) => amount)).toEqual([5n, 6n, 7n])
    expect(deposits.map(({ status }) => status)).toEqual(statuses)
  }
})
