import { describe, expect, test } from 'vitest'
import { fakeAddress } from '../testing/fake-chain.ts'
import { ASSETS, payNative, payTokens } from '../testing/fake-transfers.ts'
import { memoryScan } from '../testing/memory-scan.ts'
import { ALICE, BOB, ownerOf } from '../testing/scan-facts.ts'

describe('following a chain', () => {
  test('stores every block in chunks and every deposit in it, and then rests', async () => {
    const scan = memoryScan({ chunkBlocks: 3 })
    scan.chain.mine(payTokens([ALICE, 5n], [BOB, 6n]))
    scan.chain.mineEmpty(4)
    scan.chain.mine(payNative(BOB, 7n), payTokens([fakeAddress(0xc), 8n]))

    await scan.settle()

    expect(scan.told).toEqual([
      'to 2: 3 blocks, 2 found, 2 published',
      'to 5: 3 blocks, 0 found, 0 published',
      'to 6: 1 blocks, 1 found, 1 published',
    ])
    expect(scan.database.events()).toMatchObject([
      { type: 'deposit.confirmed', key: ownerOf(ALICE), amount: 5n },
      { type: 'deposit.confirmed', key: ownerOf(BOB), amount: 6n },
      { type: 'deposit.confirmed', key: ownerOf(BOB), amount: 7n },
    ])
    expect(await scan.scan()).toBe('idle')
  })

  test('begins at the start, whatever lies below', async () => {
    const scan = memoryScan({ start: 3n })
    scan.chain.mine(payTokens([ALICE, 5n]))
    expect(await scan.scan()).toBe('idle')
    scan.chain.mineEmpty(1)
    scan.chain.mine(payTokens([ALICE, 6n]))

    await scan.settle()

    expect(scan.database.deposits()).toMatchObject([{ amount: 6n, blockNumber: 3n }])
  })

  test('publishes a deposit when it is as deep as the policy says, and not before', async () => {
    const scan = memoryScan({ confirmations: 3 })
    scan.chain.mine(payTokens([ALICE, 5n]))
    scan.chain.mineEmpty(1)
    await scan.settle()
    expect(scan.database.deposits()).toMatchObject([{ status: 'seen' }])
    expect(scan.database.events()).toEqual([])

    scan.chain.mineEmpty(1)
    await scan.settle()

    expect(scan.database.deposits()).toMatchObject([{ status: 'final' }])
    expect(scan.database.events()).toHaveLength(1)
  })

  test('publishes what a tag makes final, without a new block, and tells so', async () => {
    const scan = memoryScan({ confirmations: 'finalized' })
    scan.chain.mine(payTokens([ALICE, 5n]))
    scan.chain.mineEmpty(2)
    await scan.settle()
    expect(scan.database.events()).toEqual([])

    scan.chain.tag(1n)
    await scan.settle()

    expect(scan.database.events()).toHaveLength(1)
    expect(scan.told.at(-1)).toBe('to 3: 0 blocks, 0 found, 1 published')
  })

  test('lets larger amounts wait for their tier, of which a tag alone makes news', async () => {
    const tiers = [
      { from: 100n, confirmations: 3 },
      { from: 1_000n, confirmations: 'finalized' },
    ] as const
    const assets = [ASSETS[0], { ...ASSETS[1], tiers }]
    const scan = memoryScan({ confirmations: 1, assets })
    scan.chain.mine(payTokens([ALICE, 1_000n], [ALICE, 100n], [BOB, 99n]))
    const amounts = () => scan.database.events().map(({ amount }) => amount)

    await scan.settle()
    expect(amounts()).toEqual([99n])
    scan.chain.mineEmpty(2)
    await scan.settle()
    expect(amounts()).toEqual([99n, 100n])
    scan.chain.tag(1n, 'finalized')
    await scan.settle()

    expect(amounts()).toEqual([99n, 100n, 1_000n])
    expect(await scan.scan()).toBe('idle')
  })

  test('finds a payment to an address that was handed out after it had begun', async () => {
    const scan = memoryScan({ watched: [] })
    scan.chain.mineEmpty(1)
    await scan.settle()

    scan.watch(ALICE)
    scan.chain.mine(payTokens([ALICE, 5n]))
    await scan.settle()

    expect(scan.database.deposits()).toHaveLength(1)
  })

  test('finds a payment to an address that was handed out while its block was read', async () => {
    const scan = memoryScan({ watched: [] })
    scan.chain.mine(payTokens([ALICE, 5n]), payNative(BOB, 6n))
    scan.chain.meddle(({ method }, answer) => {
      if (method === 'eth_getBlockReceipts') [ALICE, BOB].forEach(scan.watch)
      return answer
    })

    await scan.settle()

    expect(scan.database.deposits()).toHaveLength(2)
  })
})

describe('a process', () => {
  test('without the lease asks the node nothing', async () => {
    const scan = memoryScan()
    scan.chain.mineEmpty(2)
    const standby = scan.start('two')
    await scan.scan()
    scan.chain.meddle(() => expect.unreachable('asked'))

    expect(await standby.scan()).toBe('idle')
  })

  test('takes over where another one stopped', async () => {
    const scan = memoryScan({ chunkBlocks: 1 })
    scan.chain.mine(payTokens([ALICE, 5n]))
    scan.chain.mine(payTokens([ALICE, 6n]))
    await scan.scan()
    await scan.scan()
    const next = scan.start('two')
    scan.database.endLease()
    while ((await next.scan()) === 'busy');

    expect(scan.database.deposits()).toHaveLength(2)
    expect(scan.database.events()).toHaveLength(2)
    expect(await scan.scan()).toBe('idle')
  })

  test('goes on from what is stored when the reply to a commit was lost', async () => {
    const scan = memoryScan({ chunkBlocks: 2 })
    for (let mined = 0; mined < 5; mined++) scan.chain.mine(payTokens([ALICE, 5n]))
    const { advance } = scan.store
    let commits = 0
    scan.store.advance = async (blocks) => {
      const result = await advance(blocks)
      commits += 1
      if (commits === 2) throw new Error('connection reset')
      return result
    }

    await scan.scan()
    await expect(scan.scan()).rejects.toThrow('connection reset')
    await scan.settle()

    expect(scan.database.deposits()).toHaveLength(5)
    expect(scan.database.events()).toHaveLength(5)
  })

  test('that finds the chain latched does nothing, and says so once', async () => {
    const scan = memoryScan()
    scan.chain.mineEmpty(1)
    await scan.settle()
    await scan.store.latch('the node follows another chain')
    scan.chain.mine(payTokens([ALICE, 5n]))
    const restarted = scan.start('one')

    for (let times = 0; times < 3; times++) expect(await restarted.scan()).toBe('idle')

    expect(scan.database.deposits()).toEqual([])
    expect(scan.told.slice(1)).toEqual(['latched: the node follows another chain'])
  })
})

describe('a node that is wrong', () => {
  test('is asked again and loses nothing when a read fails', async () => {
    const scan = memoryScan({ chunksMax: 1 })
    for (let mined = 0; mined < 9; mined++)
      scan.chain.mine(payTokens([ALICE, 5n]), payNative(BOB, 1n))

    for (const method of [
      'eth_getBlockByNumber',
      'eth_getBlockReceipts',
      'eth_getTransactionByHash',
    ]) {
      scan.chain.meddle((call, answer) => (call.method === method ? null : answer))
      await expect(scan.scan()).rejects.toThrow()
      scan.chain.meddle(undefined)
      expect(await scan.scan()).toBe('busy')
    }
    await scan.settle()

    expect(scan.database.deposits()).toHaveLength(18)
  })

  test('by lagging behind makes no reorg', async () => {
    const scan = memoryScan()
    scan.chain.mine(payTokens([ALICE, 5n]))
    scan.chain.mineEmpty(5)
    await scan.settle()
    const before = scan.told.length

    for (const behind of [1, 3, 6]) {
      scan.chain.lag(behind)
      expect(await scan.scan()).toBe('idle')
    }

    expect(scan.told).toHaveLength(before)
    expect(scan.database.deposits()).toMatchObject([{ status: 'final', revision: 1 }])
  })

  test('by lagging in the middle of a scan makes no gap', async () => {
    const scan = memoryScan({ chunkBlocks: 2, chunksMax: 1 })
    for (let mined = 0; mined < 6; mined++) scan.chain.mine(payTokens([ALICE, 5n]))
    await scan.scan()
    scan.chain.lag(4)
    await expect(scan.scan()).rejects.toThrow(/has no block 3/)
    expect(await scan.scan()).toBe('busy')
    scan.chain.lag(0)

    await scan.settle()

    expect(scan.database.deposits()).toHaveLength(6)
  })
})
