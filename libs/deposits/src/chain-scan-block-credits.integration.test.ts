import { parseAddress } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { type WithdrawalJson, withdrawalsRoot } from '@coffer/evm/withdrawals-root'
import { quantity } from '@coffer/simulator/anvil-client'
import { startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { scanProcess, settle, type Watched, watchNew } from './testing/anvil-scan.ts'
import { CHAIN } from './testing/fake-transfers.ts'
import { mineWith, rawPayments } from './testing/raw-payments.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()
const proxy = await startRpcProxy({ upstream: chain.url })
const pay = rawPayments(chain.client, 'block credits')
let alice: Watched
let startBlock: bigint

afterAll(() => proxy[Symbol.asyncDispose]())
beforeEach(async () => {
  ;[alice] = (await watchNew(database, 1)) as [Watched]
  await chain.client.mine()
  startBlock = (await chain.client.head()).number
})
afterEach(() => proxy.heal())

/** Headers of Anvil's have no withdrawals, so their hashes can't be those of such that do. */
const UNHASHED: ChainConfig['proof'] = {
  ...{ headerHash: false, receiptsRoot: true, logsBloom: true, withdrawalsRoot: true },
}

describe('a withdrawal', () => {
  const withdrawal = (off: Partial<WithdrawalJson> = {}): WithdrawalJson => ({
    ...{ index: '0x1f4', validatorIndex: '0x7', address: alice.address, amount: '0x5' },
    ...off,
  })

  test('is held in suspense, those to others are nothing to us', async () => {
    const at = startBlock + 1n
    tell(at, [withdrawal(), withdrawal({ index: '0x1f5', address: chain.contracts.batchPayer })])
    await chain.client.mine(2)
    await using process = await start()
    await settle(process)

    expect(await database.deposits()).toMatchObject([
      {
        id: idOf(500n),
        ...{ owner: alice.owner, amount: 5_000_000_000n, blockNumber: at },
        ...{ status: 'rejected', reason: 'withdrawal' },
      },
    ])
    expect(await told()).toEqual([`deposit.suspended ${idOf(500n)}`])
  })

  test('is credited where its chain says so, once, whoever reads it again', async () => {
    tell(startBlock + 1n, [withdrawal()])
    await chain.client.mine(2)
    await using process = await start({ withdrawals: 'credit' })
    await settle(process)
    await database.requestRescan(CHAIN, startBlock, startBlock + 1n)
    await using traced = await start({ withdrawals: 'credit', native: 'traces' })
    await traced.rescan()

    expect(await database.deposits()).toMatchObject([{ status: 'final', amount: 5_000_000_000n }])
    expect(await told()).toEqual([
      `deposit.confirmed ${idOf(500n)}`,
      `deposit.confirmed ${idOf(500n)}`,
    ])
  })

  test('that comes in another block after a reorg is the same one', async () => {
    const removed = tell(startBlock + 1n, [withdrawal()])
    await chain.client.mine(2)
    await using process = await start()
    await settle(process)

    removed.remove()
    tell(startBlock + 2n, [withdrawal()])
    await chain.client.reorg(2)
    await chain.client.mine()
    await settle(process)

    expect(await told()).toEqual([
      `deposit.suspended ${idOf(500n)}`,
      `deposit.reversed ${idOf(500n)}/reversal`,
      `deposit.suspended ${idOf(500n)}#2`,
    ])
  })

  test('that its header does not have is not believed', async () => {
    const at = startBlock + 1n
    proxy.add({
      fault: {
        result: (answer) =>
          isAt(answer, at) ? { ...answer, withdrawals: [withdrawal()] } : answer,
      },
    })
    await chain.client.mine(2)
    await using process = await start()

    await expect(process.scan()).rejects.toThrow(/its withdrawals make up the root/)
    proxy.heal()
    await settle(process)

    expect(await database.deposits()).toEqual([])
  })
})

describe.each(['transactions', 'traces'] as const)('read by %s', (native) => {
  test('what the producer of blocks earned is held in suspense, by its block', async () => {
    await chain.client.request('anvil_setCoinbase', [alice.address])
    await mineWith(chain.client, await pay(alice.address, 7n), await pay(alice.address, 8n))
    await chain.client.mine()
    await chain.client.request('anvil_setCoinbase', [chain.contracts.batchPayer])
    await mineWith(chain.client, await pay(parseAddress(chain.contracts.batchPayer), 0n))
    await using process = await start({ native })
    await settle(process)
    await database.requestRescan(CHAIN, startBlock, startBlock + 1n)
    await process.rescan()

    const deposits = await database.deposits()
    const earned = deposits.filter(({ reason }) => reason === 'coinbase')
    const balance = BigInt(await chain.client.request('eth_getBalance', [alice.address, 'latest']))
    expect(deposits.filter(({ status }) => status === 'final').map(({ amount }) => amount)).toEqual(
      [7n, 8n],
    )
    expect(earned).toMatchObject([{ blockNumber: startBlock + 1n, status: 'rejected' }])
    expect(earned[0]?.id).toBe(`${CHAIN}:${earned[0]?.blockHash}:coinbase`)
    // All that the address has, to the unit, and nothing of it twice.
    expect((earned[0]?.amount ?? 0n) + 15n).toBe(balance)
  })
})

const start = (config: Partial<ChainConfig> = {}) =>
  scanProcess({
    ...chain,
    url: proxy.url,
    database,
    config: { startBlock, proof: UNHASHED, ...config },
  })

type Fields = Readonly<Record<string, unknown>>

const isAt = (answer: unknown, height: bigint): answer is Fields =>
  (answer as { number?: unknown; parentHash?: unknown } | null)?.number === quantity(height) &&
  Object.hasOwn(answer as object, 'parentHash')

/** The node tells that the block at `height` has these withdrawals, as consistently as it can. */
const tell = (height: bigint, withdrawals: readonly WithdrawalJson[]) =>
  proxy.add({
    fault: {
      result: (answer) =>
        isAt(answer, height)
          ? { ...answer, withdrawals, withdrawalsRoot: withdrawalsRoot(withdrawals) }
          : answer,
    },
  })

const idOf = (index: bigint) =>
  `${CHAIN}:0x${index.toString(16).padStart(64, '0')}:withdrawal:${index}`

const told = async () => (await database.events()).map(({ type, id }) => `${type} ${id}`)
