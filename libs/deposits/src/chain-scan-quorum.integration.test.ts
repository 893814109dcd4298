import { startAnvil } from '@coffer/devstack/start-anvil'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { rpcHeads } from '@coffer/testkit/rpc-heads'
import { startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ChainScan } from './chain-scan.ts'
import type { Witnessing } from './ports.ts'
import {
  chainFacts,
  scanProcess,
  settle,
  storedFacts,
  type Watched,
  watchNew,
} from './testing/anvil-scan.ts'
import { mineWith, rawPayments } from './testing/raw-payments.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()
const pay = rawPayments(chain.client, 'quorum')
let alice: Watched
let startBlock: bigint

beforeEach(async () => {
  ;[alice] = (await watchNew(database, 1)) as [Watched]
  await chain.client.mine()
  startBlock = (await chain.client.head()).number
})

describe('with a quorum of two', () => {
  test('nothing is credited from a node whose chain is made up and holds together', async () => {
    const liar = await forkedNode()
    const [one, two] = [await endpointOf(chain.url), await endpointOf(chain.url)]
    const away = [one, two].map((each) => each.add({ fault: rpcFaults.status(503) }))
    const payment = await pay(alice.address, 7n)
    const forged = await rawPayments(liar.client, 'forged')(alice.address, 9n)
    await mineWith(liar.client, forged)
    await liar.client.mine(2)
    await mineWith(chain.client, payment)
    await chain.client.mine(3)
    await using process = await start([liar.url, one.url, two.url], { quorum: 2 })

    await settle(process)
    expect((await database.deposits()).map(({ status }) => status)).toEqual(['seen'])
    expect(told.map(({ result }) => result)).toContain('none')
    expect(await database.events()).toEqual([])

    for (const rule of away) rule.remove()
    await scanned(process)

    expect(told.map(({ result }) => result)).toContain('other')
    expect(await storedFacts(database, 'final')).toEqual(
      await chainFacts(chain, [alice], { fromBlock: startBlock }),
    )
    expect(await storedFacts(database, 'orphaned')).toHaveLength(1)
    expect(await database.events()).toMatchObject([{ type: 'deposit.confirmed', amount: 7n }])
  })

  test('deposits wait for the second endpoint while it is behind or away, and then are final', async () => {
    const [one, two] = [await endpointOf(chain.url), await endpointOf(chain.url)]
    const behind = two.add({ fault: rpcHeads.lagging(4) })
    await using process = await start([one.url, two.url], { quorum: 2 })
    watchEndpoints(process)
    await mineWith(chain.client, await pay(alice.address, 5n))
    // The head is asked of the one that seems faster, until it is found to be too far behind.
    const isSeen = async () => {
      await settle(process)
      return (await storedFacts(database, 'seen')).length > 0
    }
    await waitFor(isSeen, { what: 'the payment to be seen' })
    for (let times = 0; times < 20; times++) await settle(process)
    expect(await storedFacts(database, 'final')).toEqual([])
    expect(await storedFacts(database, 'seen')).toHaveLength(1)

    behind.remove()
    await scanned(process)

    expect(await storedFacts(database, 'final')).toHaveLength(1)
    expect(told.at(-1)).toMatchObject({ result: 'agreed' })
  })

  test('a tag counts as far as both have it', async () => {
    const [one, two] = [await endpointOf(chain.url), await endpointOf(chain.url)]
    const behind = two.add({ fault: rpcHeads.lagging(4), match: isOfTag })
    const config = { quorum: 2, confirmations: 'finalized' } as const
    await using process = await start([one.url, two.url], config)
    await mineWith(chain.client, await pay(alice.address, 5n))
    // Final by the first endpoint alone: its tag is two blocks below its head.
    await chain.client.mine(2)
    await settle(process)
    const before = await storedFacts(database, 'final')

    behind.remove()
    await chain.client.mine(1)
    await scanned(process)

    expect([before, await storedFacts(database, 'final')]).toEqual([[], [expect.any(String)]])
  })
})

describe('of several nodes', () => {
  test('behind one address, of which one lags, makes no gap, no reorg and no stall', async () => {
    const balancer = await endpointOf(chain.url)
    balancer.add({ fault: rpcHeads.lagging(2), share: 0.3 })
    await using process = await start([balancer.url])
    for (let paid = 0; paid < 6; paid++) {
      await mineWith(chain.client, await pay(alice.address, 5n))
      await settle(process)
    }

    balancer.heal()
    await scanned(process)

    await expectTheChain()
    expect(await database.events()).toHaveLength(6)
  })

  test.each([
    ['backwards', rpcHeads.backwards(1)],
    ['ahead', rpcHeads.ahead(1_000)],
  ])('one that tells a head that runs %s holds up nothing', async (_, fault) => {
    const endpoints = [await endpointOf(chain.url), await endpointOf(chain.url)]
    const third = await endpointOf(chain.url)
    third.add({ fault })
    const urls = [third.url, ...endpoints.map(({ url }) => url)]
    await using process = await start(urls)
    for (let paid = 0; paid < 4; paid++) {
      await mineWith(chain.client, await pay(alice.address, 5n))
      await scanned(process)
    }

    await expectTheChain()
    expect(await database.events()).toHaveLength(4)
  })

  test('one that follows a branch of its own undoes nothing that the other has', async () => {
    const [one, two] = [await endpointOf(chain.url), await forkedNode()]
    await using process = await start([one.url])
    await mineWith(chain.client, await pay(alice.address, 5n))
    await settle(process)
    await two.client.mine(3)
    await using restarted = await start([two.url, one.url])
    await chain.client.mine(3)

    await scanned(restarted)

    await expectTheChain()
    expect((await database.events()).map(({ type }) => type)).toEqual(['deposit.confirmed'])
  })
})

let told: Witnessing[]
beforeEach(() => {
  told = []
})

const isOfTag = ({ params }: { params: readonly unknown[] }) => params[0] === 'finalized'

async function endpointOf(upstream: string) {
  const proxy = await startRpcProxy({ upstream })
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  return proxy
}

/** A node that has the chain up to here and goes on by itself, each of its blocks a right one. */
async function forkedNode() {
  const anvil = await startAnvil({ arguments: ['--no-mining', '--fork-url', chain.url] })
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  return { url: anvil.url, client: anvilClient(anvil.url) }
}

function start(rpcUrls: string[], config: { quorum?: number; confirmations?: 'finalized' } = {}) {
  return scanProcess({
    ...chain,
    database,
    observer: { witnessed: (witnessing) => told.push(witnessing) },
    config: { rpcUrls, startBlock, ...config },
  })
}

/** Looks at how far each endpoint is, as the scanner does beside the scan. */
function watchEndpoints(process: ChainScan): void {
  const stopping = new AbortController()
  const watching = process.watchEndpoints(stopping.signal)
  onTestFinished(async () => {
    stopping.abort()
    await watching
  })
}

/**
 * Scans until every payment is final. A node that failed is left alone for a while by the clock,
 * so turns are not counted.
 */
async function scanned(process: Parameters<typeof settle>[0]): Promise<void> {
  const isFinal = async () => {
    await settle(process)
    const facts = await chainFacts(chain, [alice], { fromBlock: startBlock })
    return (await storedFacts(database, 'final')).length === facts.length
  }
  await waitFor(isFinal, { what: 'every payment to be final' })
}

async function expectTheChain(): Promise<void> {
  expect(await storedFacts(database, 'final')).toEqual(
    await chainFacts(chain, [alice], { fromBlock: startBlock }),
  )
}
