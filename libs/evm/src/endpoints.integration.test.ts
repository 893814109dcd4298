/**
 * A pool of endpoints in front of one node, through proxies that fail and lie. Whatever becomes of
 * the endpoints, what is read must be what the node says when it is asked itself.
 */
import { startAnvil } from '@coffer/devstack/start-anvil'
import { AppError } from '@coffer/errors/app-error'
import { parseChainId } from '@coffer/money/chain-id'
import { type AnvilClient, anvilClient } from '@coffer/simulator/anvil-client'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { rpcHeads } from '@coffer/testkit/rpc-heads'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import { type RpcProxy, startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Endpoints, openEndpoints } from './endpoints.ts'
import { type JsonRpc, jsonRpc } from './json-rpc.ts'
import type { PoolLimits } from './pinned-work.ts'

const CHAIN = parseChainId('eip155:31337')
const BLOCKS = 30

const resources = new AsyncDisposableStack()
let nodeUrl: string
let otherUrl: string
let node: AnvilClient
/** Hashes by height, as the node says itself. */
let truth: string[]

beforeAll(async () => {
  const anvil = resources.use(await startAnvil({ arguments: ['--no-mining'] }))
  // Of another time, so that its blocks are others from the first on.
  const other = resources.use(await startAnvil({ arguments: ['--no-mining', '--timestamp', '1'] }))
  ;[nodeUrl, otherUrl] = [anvil.url, other.url]
  node = anvilClient(nodeUrl)
  await node.mine(BLOCKS)
  await anvilClient(otherUrl).mine(BLOCKS + 1)
  const calls = heights().map((height) => headerAt(height))
  truth = (await node.batch<{ hash: string }>(calls)).map(({ hash }) => hash)
})
afterAll(() => resources[Symbol.asyncDispose]())

describe('with 30 % of all requests failing at random', () => {
  test('every call ends, and ends right', async () => {
    const { pool, proxies } = await through(2)
    const faults = [
      rpcFaults.drop(),
      rpcFaults.status(429, { retryAfter: '0' }),
      rpcFaults.status(503),
      rpcFaults.cutJson(),
      rpcFaults.cutConnection(),
      rpcFaults.error(-32005, 'limit exceeded'),
      rpcFaults.batchIncomplete(),
    ]
    const rules = proxies.flatMap((proxy) =>
      faults.map((fault) => proxy.add({ fault, share: 0.3 / faults.length })),
    )

    // How many calls each endpoint gets is a matter of how fast it is.
    do {
      const read = await Promise.all(
        Array.from({ length: 5 }, () => heights().map((height) => pool.pin(hashAt(height)))).flat(),
      )
      expect(read).toEqual(Array.from({ length: 5 }, () => truth).flat())
    } while (rules.some(({ fired }) => fired === 0))
  })

  test('every batch ends right, whatever its answers’ order', async () => {
    const { pool, proxies } = await through(2)
    for (const proxy of proxies) {
      proxy.add({ fault: rpcFaults.batchReordered(), share: 0.5 })
      proxy.add({ fault: rpcFaults.batchIncomplete(3), share: 0.01 })
      proxy.add({ fault: rpcFaults.batchRefused(-32600, 'batch too large'), share: 0.01 })
    }

    for (let times = 0; times < 5; times++) {
      const answers = await pool.rpc.batch(heights().map((height) => headerAt(height)))
      expect(answers).toMatchObject(truth.map((hash) => ({ hash })))
    }
  })
})

describe('with one of two endpoints', () => {
  test('dead, all work is done by the other', async () => {
    const { pool, proxies } = await through(2)
    await proxies.shift()?.[Symbol.asyncDispose]()

    expect(await allHashes(pool)).toEqual(truth)
    expect(pool.statuses()[0]?.failures).toBeGreaterThan(0)
  })

  test.each([
    ['half-open', rpcFaults.halfOpen()],
    ['silent in the midst of an answer', rpcFaults.halfOpenWithin()],
  ])('%s, it costs its deadline and no more', async (_, fault) => {
    // Long enough for the other one to answer on a busy machine, and open for the whole test.
    const limits = { requestTimeoutMs: 2_000, failuresMax: 2, openMs: 60_000, openMsMax: 60_000 }
    const { pool, proxies } = await through(2, limits)
    const rule = proxies[0]?.add({ fault })

    expect(await allHashes(pool)).toEqual(truth)
    expect(rule?.fired).toBeGreaterThan(0)
    expect(rule?.fired).toBeLessThanOrEqual(3)
  })

  test('lagging, what is new is asked of the other', async () => {
    const { pool, proxies } = await through(2)
    proxies[0]?.add({ fault: rpcHeads.lagging(10) })
    await pool.probe()

    expect(pool.head()).toBe(BigInt(BLOCKS))
    expect(await allHashes(pool)).toEqual(truth)
    expect(pool.statuses()[0]).toMatchObject({ lagBlocks: 10n, circuit: 'closed' })
  })

  test('saying that its head is higher than any block, the other is believed', async () => {
    const { pool, proxies } = await through(2, { failuresMax: 3, openMs: 60_000, rounds: 1 })
    proxies[0]?.add({ fault: rpcHeads.ahead(1_000) })
    await pool.probe()
    const before = pool.head() ?? 0n

    // As a scanner does: it asks for the head, and then for the block of that height.
    let failures = 0
    for (let height = before; height > BLOCKS; height = pool.head() ?? 0n) {
      await pool.rpc.call('eth_getBlockByNumber', ['latest', false])
      await pool.pin(hashAt(Number(height)), { height }).catch(() => {
        failures += 1
      })
    }

    expect([before, pool.head(), failures]).toEqual([1_030n, 30n, 3])
    expect(pool.statuses().map(({ circuit }) => circuit)).toEqual(['open', 'closed'])
    expect(await allHashes(pool)).toEqual(truth)
  })

  test('of another chain, boot fails and names it', async () => {
    const { pool, proxies } = await through(2)
    proxies[1]?.add({ fault: rpcLies.chainId(1) })
    const { host } = new URL(proxies[1]?.url ?? '')

    await expect(pool.requireChain()).rejects.toMatchObject({
      code: 'CHAIN_MISMATCH',
      retry: 'never',
      message: expect.stringContaining(`${host} says that it serves chain 1 (0x1)`),
    })
  })

  test('answering null, nothing is taken for empty', async () => {
    const { pool, proxies } = await through(2)
    const rule = proxies[0]?.add({ fault: rpcFaults.nullResult(), share: 0.5 })

    expect(await allHashes(pool)).toEqual(truth)
    expect(rule?.fired).toBeGreaterThan(0)
  })
})

describe('a quorum on the hash of a block', () => {
  test('outvotes an endpoint on another branch', async () => {
    const { pool, proxies } = await through(3)
    proxies[0]?.add({ fault: rpcFaults.otherNode(otherUrl) })

    expect(await pool.quorum(2, hashAt(7))).toBe(truth[7])
  })

  test('is refused when two endpoints stand on two branches', async () => {
    const { pool, proxies } = await through(2)
    proxies[0]?.add({ fault: rpcFaults.otherNode(otherUrl) })

    await expect(pool.quorum(2, hashAt(7))).rejects.toMatchObject({
      code: 'RPC_QUORUM',
      message: expect.stringContaining(`says "${truth[7]}"`),
    })
  })
})

test('recovers with nobody’s help when every endpoint was away and comes back', async () => {
  const { pool, proxies } = await through(2, { failuresMax: 1, openMs: 50, rounds: 2 })
  for (const proxy of proxies) proxy.add({ fault: rpcFaults.drop() })
  await expect(allHashes(pool)).rejects.toMatchObject({ code: 'RPC_NO_ENDPOINT', retry: 'retry' })

  for (const proxy of proxies) proxy.heal()

  const read = await waitFor(() => allHashes(pool), { what: 'all to be read again' })
  expect(read).toEqual(truth)
})

/** A pool over so many proxies in front of the node. */
async function through(count: number, limits: Partial<PoolLimits> = {}) {
  const proxies: RpcProxy[] = []
  for (let seed = 1; seed <= count; seed++) {
    proxies.push(await startRpcProxy({ upstream: nodeUrl, seed }))
  }
  const clients = proxies.map(({ url }) => ({ rpc: jsonRpc(url) }))
  const pool = openEndpoints({ chain: CHAIN, clients, limits: { rounds: 10, ...limits } })
  onTestFinished(async () => {
    await pool[Symbol.asyncDispose]()
    for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
  })
  return { pool, proxies }
}

const heights = () => Array.from({ length: BLOCKS + 1 }, (_, height) => height)

const headerAt = (height: number) => ({
  method: 'eth_getBlockByNumber',
  params: [`0x${height.toString(16)}`, false],
})

const hashAt = (height: number) => async (rpc: JsonRpc) => {
  const { method, params } = headerAt(height)
  const header = (await rpc.call(method, params)) as { hash: string } | null
  if (header === null) throw new HeaderMissingError()
  return header.hash
}

const allHashes = (pool: Endpoints) =>
  Promise.all(heights().map((height) => pool.pin(hashAt(height), { height: BigInt(height) })))

class HeaderMissingError extends AppError {
  readonly code = 'HEADER_MISSING'

  constructor() {
    super('The node has no such block.', { retry: 'retry' })
  }
}
