import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import type { ProxiedCall } from '@coffer/testkit/rpc-fault'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import { type RpcProxy, startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  chainFacts,
  type ProcessOptions,
  scanProcess,
  settle,
  storedFacts,
  type Watched,
  watchNew,
} from './testing/anvil-scan.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()
let proxy: RpcProxy
let startBlock: bigint
beforeEach(async () => {
  proxy = await startRpcProxy({ upstream: chain.url })
  startBlock = (await chain.client.head()).number + 1n
})
afterEach(() => proxy[Symbol.asyncDispose]())

const KINDS = ['erc20', 'batch', 'native', 'internal'] as const
let paid = 0

async function pay(count: number): Promise<Watched[]> {
  paid += 1
  const payees = await watchNew(database, 10)
  const addresses = payees.map(({ address }) => address)
  const { assets } = chain.contracts
  const options = { addresses, count, kinds: KINDS, assets, seed: paid }
  await simulateDeposits({ ...options, rpcUrl: chain.url, blocks: 12, failures: 3 })
  return payees
}

const byLogs = (proveDeposits: boolean, options: Partial<ProcessOptions> = {}) =>
  scanProcess({
    ...{ ...chain, url: proxy.url, database, ...options },
    config: { native: 'none', byLogs: { proveDeposits }, startBlock },
  })

/** What the plainest reading of the chain finds of tokens. */
async function tokenFacts(watched: readonly Watched[]): Promise<string[]> {
  const facts = await chainFacts(chain, watched, { fromBlock: startBlock })
  return facts.filter((fact) => fact.includes('/erc20:'))
}

test.each([true, false])(
  'every deposit of tokens is found where it stands in its receipt, and no other (proven: %s)',
  async (proveDeposits) => {
    const watched = await pay(60)
    await using process = await byLogs(proveDeposits)

    await settle(process)

    const truth = await tokenFacts(watched)
    expect(truth.length).toBeGreaterThan(25)
    expect(truth.some((fact) => /:log:[1-9]/.test(fact))).toBe(true)
    expect(await storedFacts(database, 'seen', 'final')).toEqual(truth)
  },
)

const forLogs = ({ method }: ProxiedCall) => method === 'eth_getLogs'

/** Whether the logs of more than two blocks are asked for. */
function forMany({ method, params }: ProxiedCall): boolean {
  const [range] = params as [{ fromBlock?: string; toBlock?: string } | undefined]
  return method === 'eth_getLogs' && Number(range?.toBlock) - Number(range?.fromBlock) >= 2
}

test.each<[string, Parameters<RpcProxy['add']>[0]]>([
  ['leaves out logs', { fault: rpcLies.logsOmitted(0.2), match: forLogs }],
  ['leaves out all logs', { fault: rpcLies.logsOmitted(), match: forLogs }],
  ['cuts off logs', { fault: rpcLies.logsTruncated(3), match: forLogs }],
  ['tells of removed logs', { fault: rpcLies.logsRemoved(), match: forLogs }],
  ['numbers logs alike', { fault: rpcLies.logIndexDuplicated(), match: forLogs }],
  [
    'makes up amounts',
    { fault: rpcLies.logForged({ data: `0x${'f'.repeat(64)}` }), match: forLogs },
  ],
  ['cuts its answers', { fault: rpcFaults.cutJson(), match: forLogs, times: 3 }],
  ['tells nothing', { fault: rpcFaults.nullResult(), match: forLogs, times: 3 }],
  [
    'refuses many blocks',
    { fault: rpcFaults.error(-32005, 'query returned more than 10 results'), match: forMany },
  ],
])('a node that %s costs no deposit', async (_, lie) => {
  const watched = await pay(40)
  const told = proxy.add(lie)
  await using process = await byLogs(true)

  await settle(process)

  expect(told.fired).toBeGreaterThan(0)
  expect(await storedFacts(database, 'seen', 'final')).toEqual(await tokenFacts(watched))
})

test('blocks whose logs prove too little are told of', async () => {
  await pay(40)
  proxy.add({ fault: rpcLies.logsOmitted(), match: forLogs })
  const doubted = new Set<bigint>()
  await using process = await byLogs(true, {
    observer: { doubted: (height) => void doubted.add(height) },
  })

  await settle(process)

  expect([...doubted].some((height) => height >= startBlock)).toBe(true)
})

test('a reorg takes back what it undid, and what is there instead is found', async () => {
  const before = await pay(30)
  await using process = await byLogs(true)
  await settle(process)
  const stored = await storedFacts(database, 'seen', 'final')

  await chain.client.reorg(6)
  const watched = [...before, ...(await pay(10))]
  await settle(process)

  const truth = await tokenFacts(watched)
  expect(stored.filter((fact) => truth.includes(fact)).length).toBeLessThan(stored.length)
  expect(await storedFacts(database, 'seen', 'final')).toEqual(truth)
})
