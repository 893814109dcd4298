import { parseAddress } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import { startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { postgresChainStatuses } from './adapters/postgres-chain-statuses.ts'
import type { ChainScan } from './chain-scan.ts'
import {
  chainFacts,
  scanProcess,
  settle,
  storedFacts,
  type Watched,
  watchNew,
} from './testing/anvil-scan.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()
const proxy = await startRpcProxy({ upstream: chain.url })
let watched: Watched[]
let startBlock: bigint
afterAll(() => proxy[Symbol.asyncDispose]())
beforeEach(async () => {
  watched = await watchNew(database, 8)
  startBlock = (await chain.client.head()).number + 1n
})
afterEach(() => proxy.heal())

test('tokens are published while the node has no traces, and coin as soon as it has', async () => {
  proxy.add({ fault: rpcLies.tracesMissing() })
  await pay(40)
  await using process = await start('traces-later')
  await settle(process)
  for (let times = 0; times < 6; times++) await process.trace().catch(() => undefined)

  const truth = await theTruth()
  const tokens = truth.filter((fact) => fact.includes(':log:'))
  expect(tokens.length).toBeGreaterThan(5)
  expect(await storedFacts(database, 'seen', 'final')).toEqual(tokens)
  const { number } = await chain.client.head()
  expect(await lag()).toMatchObject({ traceLagBlocks: number - startBlock + 1n })

  proxy.heal()
  await settleLane(process)

  expect(await storedFacts(database, 'seen', 'final')).toEqual(truth)
  expect(await lag()).toMatchObject({ traceLagBlocks: 0n, traceLagSeconds: 0 })
  const told = (await database.events()).map(({ type, id }) => `${type} ${id}`)
  expect(new Set(told).size).toBe(told.length)
  expect(told).toHaveLength((await storedFacts(database, 'final')).length)
})

test('nothing is lost or doubled when processes die and the mode changes over a reorg', async () => {
  await pay(20)
  await using first = await start('traces-later')
  await settle(first)
  await first.trace()
  await database.endLease()

  await using second = await start('traces', 'two')
  await pay(10)
  await settle(second)
  await second.trace()
  await chain.client.reorg(4)
  await pay(10)
  await settle(second)
  await database.endLease()

  await using third = await start('traces-later', 'three')
  await pay(10)
  await settle(third)
  await database.endLease()
  await using fourth = await start('traces', 'four')
  await settle(fourth)
  await settleLane(fourth)

  expect(await storedFacts(database, 'seen', 'final')).toEqual(await theTruth())
  expect(await lag()).toMatchObject({ traceLagBlocks: 0n })
  const events = await database.events()
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  await expect(first.trace()).resolves.toBe('idle')
})

const start = (native: ChainConfig['native'], holder = 'one') =>
  scanProcess({
    ...{ ...chain, url: proxy.url, database, holder },
    config: { native, traceMethod: 'trace_block', startBlock },
  })

const settleLane = ({ trace }: ChainScan) => settle({ scan: trace })

const lag = async () => (await postgresChainStatuses(database.postgres).all())[0]

const theTruth = () => chainFacts(chain, watched, { fromBlock: startBlock, internal: true })

let paid = 0

/** Pays the watched addresses by transactions, tokens and contracts. */
async function pay(count: number): Promise<void> {
  paid += 1
  await simulateDeposits({
    rpcUrl: chain.url,
    addresses: watched.map(({ address }) => parseAddress(address)),
    count,
    blocks: 6,
    seed: 100 + paid,
    kinds: ['native', 'erc20', 'batch', 'internal', 'internal-reverted'],
  })
}
