import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RpcFault } from './rpc-fault.ts'
import { rpcFaults } from './rpc-faults.ts'
import { rpcLies } from './rpc-lies.ts'
import { type RpcProxy, startRpcProxy } from './rpc-proxy.ts'
import { hex, type ProxiedChain, post, proxiedChain } from './testing/proxied-chain.ts'
import { waitFor } from './wait-for.ts'

let chain: ProxiedChain
let proxy: RpcProxy
let ask: ProxiedChain['ask']
let head: number

beforeAll(async () => {
  chain = await proxiedChain()
  ;({ proxy, ask, head } = chain)
})
afterEach(() => proxy.heal())
afterAll(() => chain[Symbol.asyncDispose]())

const numbered = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, method: 'eth_chainId', params: [] }))

describe('without a rule', () => {
  test('answers as the node does, one call or many, whatever their ids', async () => {
    const one = await ask('eth_blockNumber')
    const many = await post(proxy.url, [
      { id: 'a', method: 'eth_chainId', params: [] },
      { id: 7, method: 'eth_noSuchCall', params: [] },
      { id: 7, method: 'eth_blockNumber' },
    ])

    expect(one).toBe(hex(head))
    expect(many).toEqual([
      { jsonrpc: '2.0', id: 'a', result: '0x7a69' },
      { jsonrpc: '2.0', id: 7, error: { code: -32601, message: expect.any(String) } },
      { jsonrpc: '2.0', id: 7, result: hex(head) },
    ])
  })
})

describe('a rule', () => {
  test('strikes what it matches, as often as it may, and counts', async () => {
    const rule = proxy.add({
      match: ({ method }) => method === 'eth_chainId',
      times: 2,
      fault: rpcFaults.nullResult(),
    })

    const answers = [
      await ask('eth_blockNumber'),
      await ask('eth_chainId'),
      await ask('eth_chainId'),
      await ask('eth_chainId'),
    ]

    expect(answers).toEqual([hex(head), null, null, '0x7a69'])
    expect(rule.fired).toBe(2)
  })

  test('strikes a share of the calls, and the same ones for the same seed', async () => {
    const struckBy = async (seed: number) => {
      await using seeded = await startRpcProxy({ upstream: chain.otherUrl, seed })
      const rule = seeded.add({ share: 0.3, fault: rpcFaults.nullResult() })
      const answers = (await post(seeded.url, numbered(200))) as { result: unknown }[]
      return { fired: rule.fired, struck: answers.map(({ result }) => result === null) }
    }

    const [first, again, other] = [await struckBy(1), await struckBy(1), await struckBy(2)]

    expect(first).toEqual(again)
    expect(first.struck).not.toEqual(other.struck)
    expect(first.fired).toBeGreaterThan(40)
    expect(first.fired).toBeLessThan(80)
  })

  test('may be removed, alone or with all others', async () => {
    const first = proxy.add({ fault: rpcLies.chainId(1) })
    proxy.add({ fault: rpcLies.chainId(2) })

    const before = await ask('eth_chainId')
    first.remove()
    const between = await ask('eth_chainId')
    proxy.heal()

    expect([before, between, await ask('eth_chainId')]).toEqual(['0x2', '0x2', '0x7a69'])
    expect(first.fired).toBe(1)
  })
})

describe('between client and node', () => {
  test('delays', async () => {
    proxy.add({ fault: rpcFaults.delay(30) })
    const before = performance.now()

    await ask('eth_chainId')

    expect(performance.now() - before).toBeGreaterThan(25)
  })

  test.each<[string, RpcFault]>([
    ['resets the connection', rpcFaults.drop()],
    ['resets the connection within an answer', rpcFaults.cutConnection()],
    ['cuts the JSON', rpcFaults.cutJson()],
  ])('%s', async (_, fault) => {
    proxy.add({ fault })

    await expect(ask('eth_getBlockByNumber', 'latest', true)).rejects.toThrow()
  })

  test.each<[string, RpcFault]>([
    ['never answers', rpcFaults.halfOpen()],
    ['never ends its answer', rpcFaults.halfOpenWithin()],
  ])('%s, and leaves the connection open', async (_, fault) => {
    const rule = proxy.add({ fault })
    const giveUp = new AbortController()
    const asking = post(proxy.url, numbered(1), giveUp.signal).catch(() => 'given up')

    await waitFor(() => rule.fired === 1, { what: 'the call to come' })
    const outcome = await Promise.race([asking, setTimeout(200, 'no answer')])
    giveUp.abort()

    expect([outcome, await asking]).toEqual(['no answer', 'given up'])
  })

  test('answers with an HTTP status, and says when to come again', async () => {
    proxy.add({ fault: rpcFaults.status(429, { retryAfter: '7' }) })

    const response = await fetch(proxy.url, { method: 'POST', body: JSON.stringify(numbered(1)) })

    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
  })

  test('refuses one call of a batch', async () => {
    proxy.add({ fault: rpcFaults.error(-32005, 'limit exceeded'), times: 1 })

    expect(await post(proxy.url, numbered(2))).toEqual([
      { jsonrpc: '2.0', id: 0, error: { code: -32005, message: 'limit exceeded' } },
      { jsonrpc: '2.0', id: 1, result: '0x7a69' },
    ])
  })

  test('reorders a batch, leaves answers out, or refuses it as a whole', async () => {
    const batched = async (fault: RpcFault) => {
      proxy.heal()
      proxy.add({ fault, times: 1 })
      return (await post(proxy.url, numbered(20))) as { id: number }[]
    }

    const reordered = await batched(rpcFaults.batchReordered())
    const incomplete = await batched(rpcFaults.batchIncomplete(3))
    const refused = await batched(rpcFaults.batchRefused(-32600, 'batch too large'))

    const ids = reordered.map(({ id }) => id)
    expect(ids).not.toEqual(numbered(20).map(({ id }) => id))
    expect(ids.sort((a, b) => a - b)).toEqual(numbered(20).map(({ id }) => id))
    expect(incomplete).toHaveLength(17)
    expect(refused).toMatchObject({ id: null, error: { code: -32600 } })
  })

  test('asks another node', async () => {
    proxy.add({ fault: rpcFaults.otherNode(chain.otherUrl), share: 0.5 })
    const hashes = new Set<string>()
    const hashOfHead = async () =>
      ((await ask('eth_getBlockByNumber', 'latest', false)) as { hash: string }).hash
    while (hashes.size < 2) hashes.add(await hashOfHead())

    expect(hashes).toContain((await chain.node.head()).hash)
  })

  test('lets something happen between two calls', async () => {
    const seen: string[] = []
    proxy.add({ fault: rpcFaults.before(({ method }) => void seen.push(method)), times: 1 })

    await ask('eth_chainId')
    await ask('eth_blockNumber')

    expect(seen).toEqual(['eth_chainId'])
  })
})
