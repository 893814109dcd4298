import { parseAddress } from '@coffer/evm/address'
import { type Asset, erc20AssetId } from '@coffer/money/asset'
import { quantity } from '@coffer/simulator/anvil-client'
import {
  deployHostileContracts,
  HOSTILE_CONTRACTS,
} from '@coffer/simulator/deploy-hostile-contracts'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { expect, test } from 'vitest'
import { postgresBalanceDifferences } from './adapters/postgres-balance-differences.ts'
import type { BalanceObserver } from './balance-ports.ts'
import type { ChainScan } from './chain-scan.ts'
import { scanProcess, settle, storedFacts, type Watched, watchNew } from './testing/anvil-scan.ts'
import { CHAIN, NATIVE } from './testing/fake-transfers.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()
await deployHostileContracts(chain.client)

test('what is found of every kind explains every balance', async () => {
  const watched = await watchNew(database, 6)
  const startBlock = await paid(watched, ['native', 'erc20', 'batch', 'internal', 'selfdestruct'])
  await using process = await proving({ startBlock, native: 'traces' })

  await settle(process)
  await prove(process)

  const stored = await storedFacts(database, 'final')
  const holdings = new Set(stored.map((fact) => fact.split(' ').slice(1, 3).join(' ')))
  expect(await open()).toEqual([])
  expect(proven.at(-1)).toMatchObject({ holdings: holdings.size, open: 0 })
})

test('coin that contracts paid and nobody looked for is named, until a rescan finds it', async () => {
  const watched = await watchNew(database, 4)
  const startBlock = await paid(watched, ['native', 'internal', 'create'])
  const final = (await chain.client.head()).number
  await using blind = await proving({ startBlock, native: 'transactions' })
  await settle(blind)
  await prove(blind)
  const before = await open()

  await using seeing = await proving({ startBlock, native: 'traces' })
  await database.requestRescan(CHAIN, startBlock, final)
  while ((await seeing.rescan()) === 'busy');
  await chain.client.mine()
  await settle(seeing)
  await prove(seeing)

  expect(before.length).toBeGreaterThan(0)
  expect(before.every(({ asset }) => asset === NATIVE)).toBe(true)
  expect(await open()).toEqual([])
})

test('a balance that grows without a transaction is named, and so is one that shrinks', async () => {
  const [fed, drained] = (await watchNew(database, 2)) as [Watched, Watched]
  const startBlock = await paid([fed, drained], ['native'])
  await using process = await proving({ startBlock, native: 'traces' })
  await settle(process)
  await prove(process)

  const [one, other] = [await balanceOf(fed), await balanceOf(drained)]
  await chain.client.request('anvil_setBalance', [fed.address, quantity(one + 7n)])
  await chain.client.request('anvil_setBalance', [drained.address, quantity(other - 3n)])
  await chain.client.mine()
  await settle(process)
  await prove(process)

  const named = (await open()).map(({ holder, base, found }) => [holder, (found ?? 0n) - base])
  expect(named.sort()).toEqual([[fed.address, 7n] as const, [drained.address, -3n] as const].sort())
})

test('a listed token that logs what it does not move is put aside, and told from one that does', async () => {
  const watched = await watchNew(database, 3)
  const startBlock = await paid(watched, ['erc20', 'spoof'])
  const verified = assetsWith({ verifyArrivals: true })
  await using process = await proving({ startBlock, native: 'transactions', assets: verified })

  await settle(process)
  await prove(process)

  const deposits = await database.deposits()
  const told = (isLie: boolean) =>
    new Set(deposits.filter(({ asset }) => (asset === LYING) === isLie).map(statusOf))
  expect([told(true), told(false)]).toEqual([
    new Set(['rejected contradicted']),
    new Set(['final null']),
  ])
  expect((await database.events()).every(({ type }) => type === 'deposit.confirmed')).toBe(true)
  expect(await open()).toEqual([])
})

test('where arrivals are not verified, balances name the lie; halted, nothing is credited', async () => {
  const watched = await watchNew(database, 3)
  const startBlock = await paid(watched, ['spoof'])
  const believing = { startBlock, native: 'transactions' as const, assets: assetsWith({}) }
  await using process = await proving(believing)
  await settle(process)
  await prove(process)

  const differing = await open()
  const credited = (await database.deposits()).filter(({ status }) => status === 'final')
  await database.clear()
  for (const { address, owner } of watched) await database.watch(CHAIN, owner, [address])
  await using halted = await proving({ ...believing, assets: assetsWith({ halted: true }) })
  await settle(halted)

  expect(new Set(differing.map(({ holder }) => holder))).toEqual(
    new Set(credited.map(({ to }) => to)),
  )
  expect(differing.every(({ asset, found }) => asset === LYING && found === 0n)).toBe(true)
  const statuses = new Set((await database.deposits()).map(statusOf))
  expect(statuses).toEqual(new Set(['rejected asset_halted']))
})

const LYING = erc20AssetId(CHAIN, HOSTILE_CONTRACTS.spoof)

/** Everything that is accepted, and the token that lies, which is kept to `rules` as the others. */
const assetsWith = (rules: Pick<Asset, 'verifyArrivals' | 'halted'>): Asset[] => [
  ...chain.contracts.assets.map((asset) => ({ ...asset, ...rules })),
  {
    ...{ id: LYING, chain: CHAIN, contract: parseAddress(HOSTILE_CONTRACTS.spoof) },
    ...{ symbol: 'LIE', decimals: 18, ...rules },
  },
]

const statusOf = ({ status, reason }: { status: string; reason: string | null }) =>
  `${status} ${reason}`

const proven: Parameters<BalanceObserver['proven']>[0][] = []

const observer: BalanceObserver = {
  proven: (facts) => proven.push(facts),
  differs: () => undefined,
  skipped: () => undefined,
}

type Config = { startBlock: bigint; native: 'traces' | 'transactions'; assets?: Asset[] }

const proving = (config: Config) =>
  scanProcess({
    ...{ ...chain, database, balanceObserver: observer },
    config: { ...config, balanceProof: { everyBlocks: 1, recheck: 50 } },
  })

async function paid(
  watched: readonly Watched[],
  kinds: NonNullable<Parameters<typeof simulateDeposits>[0]['kinds']>,
): Promise<bigint> {
  const startBlock = (await chain.client.head()).number + 1n
  const addresses = watched.map(({ address }) => address)
  await simulateDeposits({ rpcUrl: chain.url, addresses, count: 30, blocks: 5, seed: 3, kinds })
  return startBlock
}

async function prove({ proveBalances }: ChainScan): Promise<void> {
  while ((await proveBalances?.()) === 'busy');
}

const open = () =>
  postgresBalanceDifferences(database.postgres).list(
    { isOpen: true },
    { before: undefined, limit: 99 },
  )

const balanceOf = async ({ address }: Watched) =>
  BigInt(await chain.client.request<string>('eth_getBalance', [address, 'latest']))
