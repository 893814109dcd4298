import type { TxHash } from '@coffer/evm/hash'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ChainScan } from './chain-scan.ts'
import {
  chainFacts,
  type ProcessOptions,
  scanProcess,
  settle,
  storedFacts,
  type Watched,
  watchNew,
} from './testing/anvil-scan.ts'
import { CHAIN } from './testing/fake-transfers.ts'
import { mineWith, rawPayments } from './testing/raw-payments.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()
const pay = rawPayments(chain.client, 'reorgs')
let alice: Watched
let bob: Watched
let startBlock: bigint

beforeEach(async () => {
  ;[alice, bob] = (await watchNew(database, 2)) as [Watched, Watched]
  await chain.client.mine()
  startBlock = (await chain.client.head()).number
})

describe('a reorg on a real node', () => {
  test('that drops a transaction takes its deposit back', async () => {
    await using process = await start()
    const kept = await pay(alice.address, 5n)
    const dropped = await pay(bob.address, 6n)
    await mineWith(chain.client, kept)
    await mineWith(chain.client, dropped)
    await settle(process)

    await reorg(1)
    await settle(process)

    expect(await eventsOf(kept.hash)).toEqual(['deposit.confirmed value'])
    expect(await eventsOf(dropped.hash)).toEqual([
      'deposit.confirmed value',
      'deposit.reversed value/reversal',
    ])
    await expectTheChain()
  })

  test('that includes the transaction in another block confirms it under a new revision', async () => {
    await using process = await start({ config: { confirmations: 2 } })
    const payment = await pay(alice.address, 5n)
    await mineWith(chain.client, await pay(bob.address, 1n), payment)
    await chain.client.mine(2)
    await settle(process)
    const [, before] = await database.deposits()

    await reorg(3, [[payment.raw, 1]])
    await settle(process)
    expect(await eventsOf(payment.hash)).toEqual([
      'deposit.confirmed value',
      'deposit.reversed value/reversal',
      'deposit.confirmed value#2',
    ])

    const deposits = await database.deposits()
    expect(deposits.map(({ status }) => status)).toEqual(['orphaned', 'final'])
    expect(deposits[1]).toMatchObject({ id: before?.id, revision: 2 })
    expect(deposits[1]?.blockNumber).toBe((before?.blockNumber ?? 0n) + 1n)
  })

  test('that gives back what it took, later, goes through seen again', async () => {
    await using process = await start({ config: { confirmations: 2 } })
    const payment = await pay(alice.address, 5n)
    await mineWith(chain.client, payment)
    await chain.client.mine()
    await settle(process)
    await reorg(2)
    await settle(process)

    await mineWith(chain.client, payment)
    await settle(process)
    expect(await database.deposits()).toMatchObject([{ status: 'seen', revision: 1 }])
    await chain.client.mine()
    await settle(process)

    expect(await eventsOf(payment.hash)).toEqual([
      'deposit.confirmed value',
      'deposit.reversed value/reversal',
      'deposit.confirmed value#2',
    ])
  })

  test('at the same height is seen before the next block comes', async () => {
    await using process = await start()
    const [old, rival] = [await pay(alice.address, 5n), await pay(bob.address, 6n)]
    await mineWith(chain.client, old)
    await settle(process)

    const { number } = await chain.client.head()
    await chain.client.reorg(1, [{ transaction: rival.raw, block: 0 }])
    expect((await chain.client.head()).number).toBe(number)
    await settle(process)

    await expectTheChain()
    expect(await eventsOf(rival.hash)).toEqual(['deposit.confirmed value'])
  })

  test('while no scanner ran is found by the next one', async () => {
    const dropped = await pay(alice.address, 5n)
    {
      await using process = await start()
      await mineWith(chain.client, dropped)
      await settle(process)
    }
    await reorg(1, [[(await pay(bob.address, 6n)).raw, 0]])

    await database.endLease()
    await using next = await start({ holder: 'two' })
    await settle(next)

    await expectTheChain()
    expect(await eventsOf(dropped.hash)).toHaveLength(2)
  })

  test('and back to a branch as short as the old one ends where it began', async () => {
    await using process = await start()
    const payment = await pay(alice.address, 5n)
    const rival = await pay(bob.address, 6n)
    const fork = await chain.client.snapshot()
    await mineWith(chain.client, payment)
    await settle(process)
    const [first] = await database.deposits()

    await chain.client.revert(fork)
    const again = await chain.client.snapshot()
    await mineWith(chain.client, rival)
    await chain.client.mine()
    await settle(process)
    await expectTheChain()
    await chain.client.revert(again)
    await mineWith(chain.client, payment)
    await settle(process)

    await expectTheChain()
    const blockHash = (await chain.client.head()).hash
    expect(await database.deposits()).toMatchObject([
      { ...first, blockHash, revision: 2 },
      { status: 'orphaned', revision: 1 },
    ])
    expect(await eventsOf(payment.hash)).toEqual([
      'deposit.confirmed value',
      'deposit.reversed value/reversal',
      'deposit.confirmed value#2',
    ])
    expect(await eventsOf(rival.hash)).toHaveLength(2)
  })

  test('deeper than the policy stops the scan and takes nothing back', async () => {
    await using process = await start({ config: { reorgDepthMax: 3 } })
    for (let mined = 0; mined < 5; mined++) {
      await mineWith(chain.client, await pay(alice.address, 5n))
    }
    await settle(process)
    const before = [await database.deposits(), await database.events()]

    await reorg(4)
    await settle(process)
    await mineWith(chain.client, await pay(alice.address, 7n))
    await settle(process)

    expect([await database.deposits(), await database.events()]).toEqual(before)
    expect(before[1]).toHaveLength(5)
    await using restarted = await start()
    expect(await restarted.scan()).toBe('idle')
    expect(await restarted.rescan()).toBe('idle')
  })

  test('again and again, while it is scanned, leaves exactly what is on the chain', async () => {
    await using process = await start({ chunkBlocks: 2 })
    let reorgs = true
    const scanning = (async () => {
      while (reorgs) await process.scan().catch(() => undefined)
    })()

    for (let round = 1; round <= 8; round++) {
      const payments = [await pay(alice.address, 5n), await pay(bob.address, 6n)]
      await mineWith(chain.client, ...payments)
      await chain.client.mine()
      await reorg(
        2,
        payments.slice(round % 3).map(({ raw }, index) => [raw, index]),
      )
    }
    reorgs = false
    await scanning
    await settle(process)

    await expectTheChain()
  })
})

const start = (options: Partial<ProcessOptions> = {}): Promise<ChainScan> =>
  scanProcess({
    ...chain,
    database,
    ...options,
    config: { startBlock, ...options.config },
  })

/** Replaces the newest blocks, and adds one more so that the new branch is the longer. */
async function reorg(
  depth: number,
  held: readonly (readonly [raw: `0x${string}`, block: number])[] = [],
) {
  const before = await chain.client.head()
  await chain.client.reorg(
    depth,
    held.map(([transaction, block]) => ({ transaction, block })),
  )
  expect((await chain.client.head()).hash).not.toBe(before.hash)
  await chain.client.mine()
}

/** What was published about a transaction's own value, in order: type, and the id's last part. */
async function eventsOf(hash: TxHash): Promise<string[]> {
  const events = await database.events()
  return events
    .filter(({ id }) => id.startsWith(`${CHAIN}:${hash}:`))
    .map(({ type, id }) => `${type} ${id.slice(`${CHAIN}:${hash}:`.length)}`)
}

async function expectTheChain(): Promise<void> {
  const truth = await chainFacts(chain, [alice, bob], { fromBlock: startBlock })
  expect(await storedFacts(database, 'final')).toEqual(truth)
  expect(await storedFacts(database, 'seen')).toEqual([])
}
