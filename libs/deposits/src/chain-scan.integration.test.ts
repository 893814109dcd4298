import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { describe, expect, test } from 'vitest'
import {
  chainFacts,
  scanProcess,
  settle,
  storedFacts,
  type Watched,
  watchNew,
} from './testing/anvil-scan.ts'
import { CHAIN } from './testing/fake-transfers.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()

describe('a chain of every kind of payment', () => {
  test.each([
    { confirmations: 1, chunkBlocks: 1 },
    { confirmations: 3, chunkBlocks: 7 },
    { confirmations: 'finalized', chunkBlocks: 1_000 },
  ] as const)('is stored and published as it is: %o', async ({ confirmations, chunkBlocks }) => {
    const startBlock = (await chain.client.head()).number + 1n
    const watched = await watchNew(database, 20)
    await pay(watched, { count: 40, noise: 0.5, failures: 5, blocks: 9 })
    const config = { confirmations, startBlock }
    await using process = await scanProcess({ ...chain, database, chunkBlocks, config })

    await settle(process)

    const truth = await chainFacts(chain, watched)
    expect(truth.length).toBeGreaterThanOrEqual(40)
    expect(await storedFacts(database, 'seen', 'final')).toEqual(truth)
    const depth = confirmations === 'finalized' ? 3n : BigInt(confirmations)
    const toBlock = (await chain.client.head()).number - depth + 1n
    await expectConfirmed(await chainFacts(chain, watched, { toBlock }))

    await chain.client.mine(3)
    await settle(process)
    await expectConfirmed(truth)
  })

  test('is found from the first block on, when nothing else is said', async () => {
    const watched = await watchNew(database, 3)
    await pay(watched, { count: 5 })
    await using process = await scanProcess({ ...chain, database })

    await settle(process)

    expect(await storedFacts(database, 'final')).toEqual(await chainFacts(chain, watched))
  })
})

test('an address is scanned for from the moment it is handed out, however busy the scan', async () => {
  await using process = await scanProcess({ ...chain, database, chunkBlocks: 3 })
  const watched: Watched[] = []
  let handingOut = true
  const scanning = (async () => {
    while (handingOut) await process.scan()
  })()

  for (let round = 0; round < 15; round++) {
    const fresh = await watchNew(database, 1)
    watched.push(...fresh)
    await pay(fresh, { count: 2, seed: round, blocks: 1 })
  }
  handingOut = false
  await scanning
  await settle(process)

  const truth = await chainFacts(chain, watched)
  expect(truth.length).toBeGreaterThanOrEqual(30)
  expect(await storedFacts(database, 'final')).toEqual(truth)
})

describe('a rescan', () => {
  test('finds what an address was paid before it was imported, also below the start', async () => {
    const unknown = await watchNew(database, 2)
    await database.clear()
    await pay(unknown, { count: 6, blocks: 4 })
    const startBlock = (await chain.client.head()).number - 1n
    await using process = await scanProcess({ ...chain, database, config: { startBlock } })
    await settle(process)
    for (const { owner, address } of unknown) await database.watch(CHAIN, owner, [address])

    await database.requestRescan(CHAIN, 0n, (await chain.client.head()).number)
    while ((await process.rescan()) === 'busy');

    const truth = await chainFacts(chain, unknown)
    expect(await storedFacts(database, 'final')).toEqual(truth)
    await expectConfirmed(truth)
  })

  test('of what is known says the same again, by the same ids', async () => {
    const startBlock = (await chain.client.head()).number + 1n
    const watched = await watchNew(database, 2)
    await pay(watched, { count: 6 })
    await using process = await scanProcess({ ...chain, database, config: { startBlock } })
    await settle(process)
    const events = await database.events()
    const stored = await database.deposits()

    await database.requestRescan(CHAIN, startBlock, (await chain.client.head()).number)
    while ((await process.rescan()) === 'busy');

    expect(await database.events()).toEqual([...events, ...events])
    expect(await database.deposits()).toEqual(stored)
  })

  test('beside a reorg adds nothing of the branch that left', async () => {
    const startBlock = (await chain.client.head()).number + 1n
    const known = await watchNew(database, 2)
    await pay(known, { count: 8, blocks: 4 })
    await using process = await scanProcess({ ...chain, database, config: { startBlock } })
    await settle(process)
    const late = await watchNew(database, 1)
    await pay(late, { count: 3, blocks: 3 })
    await settle(process)
    await database.requestRescan(CHAIN, startBlock, (await chain.client.head()).number)

    const rescanning = (async () => {
      for (let idle = false; !idle; ) {
        idle = await process.rescan().then(
          (result) => result === 'idle',
          () => false,
        )
      }
    })()
    await chain.client.reorg(3)
    await chain.client.mine(4)
    await settle(process)
    await rescanning

    const watched = [...known, ...late]
    expect(await storedFacts(database, 'final')).toEqual(await chainFacts(chain, watched))
  })
})

test('an endpoint of another chain is refused before anything is written', async () => {
  const config = { chain: 'eip155:1' as typeof CHAIN }

  await using process = await scanProcess({ ...chain, database, config })

  for (const step of [process.scan, process.rescan]) {
    await expect(step()).rejects.toMatchObject({ code: 'CHAIN_MISMATCH', retry: 'never' })
  }
})

type PayOptions = {
  count: number
  noise?: number
  failures?: number
  blocks?: number
  seed?: number
}

async function pay(watched: readonly Watched[], { seed = 1, ...options }: PayOptions) {
  return await simulateDeposits({
    rpcUrl: chain.url,
    addresses: watched.map(({ address }) => address),
    kinds: ['native', 'erc20', 'batch'],
    seed,
    ...options,
  })
}

/** Each of these deposits was confirmed to its owner, once, and nothing else was published. */
async function expectConfirmed(facts: readonly string[]): Promise<void> {
  const events = await database.events()
  expect(events.every(({ type }) => type === 'deposit.confirmed')).toBe(true)
  const published = events.map(({ id, key, amount }) => `${id} ${key} ${amount}`)
  const expected = facts
    .map((fact) => fact.split(' '))
    .map(([id, owner, , amount]) => {
      return `${id} ${owner} ${amount}`
    })
  expect(published.sort()).toEqual(expected.sort())
}
