import { anvilClient } from '@coffer/simulator/anvil-client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RpcFault } from './rpc-fault.ts'
import { rpcHeads } from './rpc-heads.ts'
import { rpcLies } from './rpc-lies.ts'
import { type RpcProxy, startRpcProxy } from './rpc-proxy.ts'
import { hex, type ProxiedChain, post, proxiedChain } from './testing/proxied-chain.ts'

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

describe('a head', () => {
  test('lags, and nothing above it is known', async () => {
    const top = await block('latest')
    const { transactions } = top as unknown as { transactions: string[] }
    proxy.add({ fault: rpcHeads.lagging(2) })

    expect(await ask('eth_blockNumber')).toBe(hex(head - 2))
    expect((await block('latest')).number).toBe(hex(head - 2))
    expect(await block(hex(head - 1))).toBeNull()
    expect(await ask('eth_getBlockByHash', top.hash, false)).toBeNull()
    expect(await ask('eth_getBlockReceipts', top.hash)).toBeNull()
    expect(await ask('eth_getTransactionByHash', transactions[0])).toBeNull()
    expect(await logs()).toHaveLength(4)
    expect(await block(hex(head - 2))).not.toBeNull()
  })

  test('goes backwards, or ahead of every block there is', async () => {
    const rule = proxy.add({ fault: rpcHeads.backwards(1) })
    const back = [await ask('eth_blockNumber'), (await block('latest')).number]
    rule.remove()
    proxy.add({ fault: rpcHeads.ahead(100) })
    const ahead = [await ask('eth_blockNumber'), (await block('latest')).number]

    expect(back).toEqual([hex(head - 1), hex(head - 2)])
    expect(ahead).toEqual([hex(head + 100), hex(head + 100)])
    expect(await block(hex(head + 1))).toBeNull()
  })

  test('stands still', async () => {
    await using still = await startRpcProxy({ upstream: chain.otherUrl })
    still.add({ fault: rpcHeads.frozen() })
    const read = () => post(still.url, { id: 1, method: 'eth_blockNumber' })

    const before = await read()
    await anvilClient(chain.otherUrl).mine(5)

    expect(await read()).toEqual(before)
  })
})

describe('a lie', () => {
  test.each<[string, RpcFault, number, number]>([
    ['omits all logs', rpcLies.logsOmitted(), 0, 0],
    ['truncates logs', rpcLies.logsTruncated(1), 1, 4],
    ['forges a log', rpcLies.logForged({ data: '0xff' }), 13, 10],
  ])('%s, in lists and in receipts', async (_, fault, inLists, inReceipts) => {
    proxy.add({ fault })

    const ofReceipts = (await receipts()).flatMap((receipt) => receipt.logs)
    expect(await logs()).toHaveLength(inLists)
    expect(ofReceipts).toHaveLength(inReceipts)
  })

  test('omits a share of the logs', async () => {
    proxy.add({ fault: rpcLies.logsOmitted(0.5) })
    const counts = new Set<number>()
    while (counts.size < 3) counts.add((await logs()).length)

    expect([...counts].every((count) => count <= 12)).toBe(true)
  })

  test('tells of logs that were removed, or counts them wrongly', async () => {
    proxy.add({ fault: rpcLies.logsRemoved() })
    proxy.add({ fault: rpcLies.logIndexDuplicated() })

    expect(await logs()).toMatchObject([
      { removed: true, logIndex: '0x0' },
      { removed: true, logIndex: '0x0' },
      ...Array.from({ length: 10 }, () => ({ logIndex: '0x0' })),
    ])
  })

  test('changes receipts: their status, their block, their number', async () => {
    const honest = await receipts()
    proxy.add({ fault: rpcLies.statusFlipped() })
    proxy.add({ fault: rpcLies.receiptsOfBlock('0xbb') })
    proxy.add({ fault: rpcLies.receiptsDropped(2) })

    const told = await receipts()

    expect(honest).toHaveLength(6)
    expect(told).toHaveLength(4)
    expect(told.every((each) => each.status === '0x0' && each.blockHash === '0xbb')).toBe(true)
    const flipped = await ask('eth_getTransactionReceipt', honest[0]?.transactionHash)
    expect(flipped).toBeNull()
  })

  test('changes headers: bloom, withdrawals, the type of transactions', async () => {
    const withdrawal = { index: '0x1', validatorIndex: '0x2', address: '0xaa', amount: '0x3' }
    proxy.add({ fault: rpcLies.bloomZeroed() })
    proxy.add({ fault: rpcLies.withdrawals([withdrawal]) })
    proxy.add({ fault: rpcLies.txType('0x99') })

    const told = (await ask('eth_getBlockByNumber', 'latest', true)) as Record<string, unknown>

    expect(told).toMatchObject({ withdrawals: [withdrawal] })
    expect(BigInt(told['logsBloom'] as string)).toBe(0n)
    expect(told['transactions']).toMatchObject(Array(6).fill({ type: '0x99' }))
    expect(await receipts()).toMatchObject(Array(6).fill({ type: '0x99' }))
  })

  test('leaves out traces, some or all', async () => {
    const traced = async () => [
      ((await ask('trace_block', hex(head))) as unknown[]).length,
      ((await ask('debug_traceBlockByNumber', hex(head), { tracer: 'callTracer' })) as unknown[])
        .length,
    ]
    const honest = await traced()
    const rule = proxy.add({ fault: rpcLies.tracesMissing(1) })
    const some = await traced()
    rule.remove()
    proxy.add({ fault: rpcLies.tracesMissing() })

    expect([honest, some, await traced()]).toEqual([
      [6, 6],
      [5, 5],
      [0, 0],
    ])
  })
})

type Receipt = { status: string; blockHash: string; transactionHash: string; logs: unknown[] }

const block = (tag: string) =>
  ask('eth_getBlockByNumber', tag, false) as Promise<{ number: string; hash: string }>

const receipts = () => ask('eth_getBlockReceipts', hex(head)) as Promise<Receipt[]>

/** Those of the three blocks that were filled. */
const logs = () =>
  ask('eth_getLogs', { fromBlock: hex(head - 2), toBlock: hex(head) }) as Promise<object[]>
