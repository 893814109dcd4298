import { bigAirdropAbi, bigAirdropBytecode } from '@coffer/contracts/big-airdrop'
import type { Watched } from '@coffer/deposits/testing/anvil-scan'
import { watchNew } from '@coffer/deposits/testing/anvil-scan'
import { parseAddress } from '@coffer/evm/address'
import { type Asset, erc20AssetId } from '@coffer/money/asset'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { quantity } from '@coffer/simulator/anvil-client'
import { readDeposits } from '@coffer/simulator/chain-oracle'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import type { ProxiedCall } from '@coffer/testkit/rpc-fault'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { startTcpProxy, toxics } from '@coffer/testkit/tcp-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hazardSender } from './hazard-sender.ts'
import { type HazardStage, hazardStage } from './hazard-stage.ts'

let stage: HazardStage
let sender: ReturnType<typeof hazardSender>
beforeAll(async () => {
  stage = await hazardStage()
  sender = hazardSender(stage.chain.client)
})
afterAll(() => stage[Symbol.asyncDispose]())

const pay = (watched: readonly Watched[], seed: number) =>
  simulateDeposits({
    rpcUrl: stage.chain.url,
    addresses: watched.map(({ address }) => address),
    kinds: ['native', 'erc20', 'batch'],
    ...{ count: 12, blocks: 6, seed },
  })

test('F13: a commit whose reply is cut off stores nothing twice and loses nothing', async () => {
  const watched = await stage.begin(2)
  await pay(watched, 1)
  const url = new URL(stage.database.url)
  await using wire = await startTcpProxy({ port: Number(url.port) })
  url.port = `${wire.port}`
  await using postgres = openPostgres(url.href)
  const database = { ...stage.database, postgres }
  const isCommit = (request: Buffer) => /commit/i.test(request.toString('latin1'))
  const cut = wire.add(toxics.cutReply(isCommit, 3))
  await using scanner = await stage.scanner({ database, chunkBlocks: 2 })

  await stage.settle(scanner)

  expect(cut.seen).toBeGreaterThan(0)
  expect(await stage.violations()).toEqual([])
})

test('F12: a scanner that wakes up in the midst of a step, when another has taken over, writes nothing', async () => {
  const watched = await stage.begin(2)
  await pay(watched, 2)
  const { promise: awake, resolve: wake } = Promise.withResolvers<void>()
  const isReceipts = ({ method }: { method: string }) => method === 'eth_getBlockReceipts'
  const sleep = stage.proxy.add({ fault: rpcFaults.before(() => awake), match: isReceipts })
  await using zombie = await stage.scanner({ holder: 'zombie' })
  const waking = zombie.scan().catch((error: Error) => error.message)
  await waitFor(() => sleep.fired > 0, { what: 'the first scanner to read receipts' })

  await stage.database.endLease()
  await using successor = await stage.scanner({ holder: 'successor', url: stage.chain.url })
  await stage.settle(successor)
  const stored = [await stage.database.deposits(), await stage.told()]
  wake()

  expect(await waking).not.toBe('busy')
  expect([await stage.database.deposits(), await stage.told()]).toEqual(stored)
  expect(await stage.violations()).toEqual([])
})

test.each<[string, (tokens: readonly Asset[]) => object, string]>([
  ['of another chain', () => ({ chain: 'eip155:1' }), 'CHAIN_MISMATCH'],
  [
    'whose token has other decimals',
    (assets) => ({ assets: assets.map((each) => ({ ...each, decimals: 7 })) }),
    'TOKEN_MISMATCH',
  ],
  [
    'whose token is no contract',
    (assets) => ({
      assets: assets.map((each) =>
        each.contract ? { ...each, contract: `0x${'5'.repeat(40)}` } : each,
      ),
    }),
    'TOKEN_MISMATCH',
  ],
])('F24: a node %s is refused before anything is read', async (_, config, code) => {
  await stage.begin(1)
  await sender.send({})
  const changed = config(stage.chain.contracts.assets)
  await using scanner = await stage.scanner({ config: changed })

  await expect(scanner.scan()).rejects.toMatchObject({ code, retry: 'never' })
  await expect(scanner.rescan()).rejects.toMatchObject({ code })
})

test('D24: an address that is handed out late, or while nobody scans, misses nothing', async () => {
  const watched = await stage.begin(1)
  {
    await using first = await stage.scanner({ holder: 'first' })
    await pay(watched, 4)
    await stage.settle(first)
    watched.push(...(await watchNew(stage.database, 1)))
    await pay(watched, 5)
    await first.scan()
    watched.push(...(await watchNew(stage.database, 1)))
  }
  await pay(watched, 6)
  await stage.database.endLease()
  await using second = await stage.scanner({ holder: 'second' })

  await stage.settle(second)

  expect(await stage.violations()).toEqual([])
})

test('F10: 2,000 blocks that come at once are scanned, each of them', async () => {
  const [payee] = (await stage.begin(1)) as [Watched]
  await using scanner = await stage.scanner({ chunkBlocks: 500 })
  await stage.settle(scanner)

  await stage.chain.client.mine(2_000)
  await sender.send({ to: payee.address, value: 7n })
  await stage.settle(scanner)

  const { number } = await stage.chain.client.head()
  const { deposits } = await readDeposits({
    ...{ rpcUrl: stage.chain.url, addresses: new Set([payee.address]), fromBlock: number },
    assets: stage.chain.contracts.assets,
  })
  expect(await stage.told()).toEqual(['confirmed 7'])
  expect(await stage.violations(deposits)).toEqual([])
})

test('D25: a transaction of 500 logs, and a block of 10,000, are read to the last', async () => {
  const token = parseAddress(await sender.deploy(bigAirdropBytecode as Hex))
  const watched = await stage.begin(250)
  const to = watched.map(({ address }) => address)
  const strangers = to.map(
    (address): Address => `0x${address.slice(2).split('').reverse().join('')}`,
  )
  const [{ chain }] = stage.chain.contracts.assets
  const asset: Asset = {
    ...{ id: erc20AssetId(chain, token), chain, contract: token, symbol: 'DROP', decimals: 18 },
  }
  const assets = [...stage.chain.contracts.assets, asset]
  await airdrops(token, [[...to, ...to.toReversed()]])
  // Of every 500 logs one is watched, the last.
  const lots = to.slice(0, 20).map((address) => [...strangers, ...strangers.slice(1), address])
  await airdrops(token, lots)
  for (let block = 0; block < 20; block++) await airdrops(token, [to.slice(0, 50)])
  // Each block once, however often a busy node is asked for it.
  const asked = new Set<unknown>()
  let inFlightMost = 0
  const measure = async ({ params: [block] }: ProxiedCall) => {
    asked.add(block)
    inFlightMost = Math.max(inFlightMost, asked.size - (await storedBlocks()))
  }
  const isReceipts = ({ method }: { method: string }) => method === 'eth_getBlockReceipts'
  stage.proxy.add({ fault: rpcFaults.before(measure), match: isReceipts })
  await using scanner = await stage.scanner({ config: { assets }, chunkBlocks: 1 })

  await stage.settle(scanner)

  const positions = (await stage.database.deposits()).map(({ id }) => Number(id.split(':log:')[1]))
  expect(positions).toHaveLength(520 + 20 * 50)
  // Three chunks, which grow to four blocks: however far behind it is, no more are in memory.
  expect(asked.size).toBeGreaterThan(20)
  expect(inFlightMost).toBeLessThanOrEqual(3 * 4)
  expect(positions.filter((position) => position === 499)).toHaveLength(21)
  expect(await stage.violations(undefined, assets)).toEqual([])
})

async function storedBlocks(): Promise<number> {
  const [row] = await stage.database.postgres.execute<{ count: string }>(
    sql`select count(*) from deposits.blocks`,
  )
  return Number(row?.count)
}

/** Mines one block of these airdrops, each of one unit to each of a list. */
async function airdrops(token: Address, lists: readonly (readonly Address[])[]): Promise<void> {
  const { client } = stage.chain
  const [from] = await client.accounts()
  // A block has room for few otherwise.
  await client.request('evm_setBlockGasLimit', [quantity(10n ** 10n)])
  for (const list of lists) {
    const data = encodeFunctionData({
      abi: bigAirdropAbi,
      functionName: 'airdrop',
      args: [list, 1n],
    })
    const call = { from, to: token, data, gas: quantity(16_000_000n) }
    await client.request('eth_sendTransaction', [call])
  }
  await client.mine()
}
