import { randomBytes } from 'node:crypto'
import { type Address, parseAddress } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { quantity } from '@coffer/simulator/anvil-client'
import { deployHostileContracts } from '@coffer/simulator/deploy-hostile-contracts'
import { planDeposits } from '@coffer/simulator/deposit-plan'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import { startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { getContractAddress, type Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import type { ChainScan } from './chain-scan.ts'
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
await deployHostileContracts(chain.client)

const OWNER = '00000000-0000-7000-8000-00000000000a'
const READINGS = [
  ['debug_traceBlockByHash', 'traces'],
  ['trace_block', 'traces'],
  ['trace_block', 'traces-later'],
] as const
const KINDS = [
  ...(['native', 'erc20', 'batch', 'internal', 'internal-reverted'] as const),
  ...(['internal-failed', 'selfdestruct', 'create'] as const),
]

describe.each(READINGS)('by %s as %s', (traceMethod, native) => {
  test('coin that contracts pay out is stored as it was paid, and nothing that was taken back', async () => {
    const startBlock = (await chain.client.head()).number + 1n
    const watched = await pay(60)
    await using process = await tracing({ traceMethod, native, startBlock })

    await settleAll(process)

    const truth = await chainFacts(chain, watched, { fromBlock: startBlock, internal: true })
    expect(truth.filter((fact) => fact.includes(':trace:')).length).toBeGreaterThan(10)
    expect(await storedFacts(database, 'seen', 'final')).toEqual(truth)
  })

  test.each([1, 1_000])(
    'a node that leaves out %d traces of a block loses nothing',
    async (count) => {
      const startBlock = (await chain.client.head()).number + 1n
      const watched = await pay(20)
      await using proxy = await startRpcProxy({ upstream: chain.url })
      const lie = proxy.add({ fault: rpcLies.tracesMissing(count), times: 3 })
      await using process = await tracing({ traceMethod, native, startBlock, url: proxy.url })

      await settleAll(process)

      const truth = await chainFacts(chain, watched, { fromBlock: startBlock, internal: true })
      expect(lie.fired).toBe(3)
      expect(await storedFacts(database, 'seen', 'final')).toEqual(truth)
    },
  )

  test('a reorg takes back what contracts paid, and what they pay instead is found', async () => {
    const startBlock = (await chain.client.head()).number + 1n
    const before = await pay(20)
    await using process = await tracing({ traceMethod, native, startBlock })
    await settleAll(process)
    const stored = await storedFacts(database, 'seen', 'final')

    await chain.client.reorg(5)
    const watched = [...before, ...(await pay(20))]
    await settleAll(process)

    const truth = await chainFacts(chain, watched, { fromBlock: startBlock, internal: true })
    expect(stored.filter((fact) => truth.includes(fact)).length).toBeLessThan(stored.length)
    expect(await storedFacts(database, 'seen', 'final')).toEqual(truth)
  })

  test('a creation pays the contract that it creates', async () => {
    const startBlock = (await chain.client.head()).number + 1n
    const [payer] = (await chain.client.accounts()) as [Address]
    const nonce = await chain.client.request<Hex>('eth_getTransactionCount', [payer, 'latest'])
    const contract = parseAddress(getContractAddress({ from: payer, nonce: BigInt(nonce) }))
    await database.watch(CHAIN, OWNER, [contract])
    await send({ value: 5n, data: '0x00' })
    await using process = await tracing({ traceMethod, native, startBlock })

    await settleAll(process)

    const [stored, ...others] = await database.deposits()
    expect(others).toEqual([])
    expect(stored).toMatchObject({ id: expect.stringMatching(/:value$/), amount: 5n })
  })

  test.each([
    ['once, though a SELFDESTRUCT to itself is listed like a payment', '30ff', 'trace:0'],
    ['twice, when the rest is left to the same', (to: string) => `73${to}ff`, 'trace:0 trace:1'],
  ])('who is paid by a contract that ends is paid %s', async (_, end, positions) => {
    const startBlock = (await chain.client.head()).number + 1n
    const [{ address }] = (await watchNew(database, 1)) as [Watched]
    const contract = parseAddress(`0x${randomBytes(20).toString('hex')}`)
    const to = address.slice(2)
    // Calls the watched address with 1, then SELFDESTRUCT.
    const rest = typeof end === 'string' ? end : end(to)
    await chain.client.request('anvil_setCode', [contract, `0x5f5f5f5f600173${to}5af150${rest}`])
    await send({ to: contract, value: 2n })
    await using process = await tracing({ traceMethod, native, startBlock })

    await settleAll(process)

    const stored = await database.deposits()
    expect(stored.map(({ id }) => id.split(':').slice(3).join(':')).join(' ')).toBe(positions)
    expect(stored.map(({ status, amount }) => [status, amount])).toEqual(
      positions.split(' ').map(() => ['final', 1n]),
    )
  })
})

/** Mines a transaction of the node's own first account. */
async function send(transaction: { to?: Address; value: bigint; data?: Hex }): Promise<void> {
  const { value, ...rest } = transaction
  const [from] = await chain.client.accounts()
  const call = { from, value: quantity(value), gas: quantity(500_000n), ...rest }
  await chain.client.request('eth_sendTransaction', [call])
  await chain.client.mine()
}

async function tracing({
  url = chain.url,
  ...config
}: Pick<ChainConfig, 'traceMethod' | 'native' | 'startBlock'> & { url?: string }) {
  return await scanProcess({ ...chain, url, database, config })
}

/** Scans, and reads the calls that were left for later, until there is nothing more to do. */
async function settleAll(process: ChainScan): Promise<void> {
  await settle(process)
  await settle({ scan: process.trace })
}

let paid = 0

/** Pays watched addresses in every way, also those of contracts that are yet to be created. */
async function pay(count: number): Promise<Watched[]> {
  paid += 1
  const payees = await watchNew(database, 10)
  const options = { addresses: payees.map(({ address }) => address), count, kinds: KINDS }
  const seeded = { ...options, seed: paid, assets: chain.contracts.assets }
  const created = planDeposits(seeded).filter(({ kind }) => kind === 'create')
  const wallets = created.flatMap(({ transfers }) => transfers.map(({ to }) => parseAddress(to)))
  const [first] = payees as [Watched]
  if (wallets.length > 0) await database.watch(CHAIN, first.owner, wallets)
  await simulateDeposits({ ...seeded, rpcUrl: chain.url, blocks: 9, failures: 3 })
  return [...payees, ...wallets.map((address: Address) => ({ address, owner: first.owner }))]
}
