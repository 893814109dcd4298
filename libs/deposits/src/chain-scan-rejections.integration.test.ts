import { parseAddress } from '@coffer/evm/address'
import type { Asset } from '@coffer/money/asset'
import { quantity } from '@coffer/simulator/anvil-client'
import { deployHostileContracts } from '@coffer/simulator/deploy-hostile-contracts'
import { readBalances } from '@coffer/simulator/read-balances'
import { sendMined } from '@coffer/simulator/send-mined'
import { type SimulatedDeposit, simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { expect, test } from 'vitest'
import { scanProcess, settle, storedFacts, type Watched, watchNew } from './testing/anvil-scan.ts'
import { CHAIN } from './testing/fake-transfers.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()
const feeTokens = await deployHostileContracts(chain.client)

/** Small, so that most amounts are still credited. */
const MINIMUM = 1_000n

const accepted = (): Asset[] => [
  ...chain.contracts.assets.map((asset) => ({ ...asset, minimum: MINIMUM })),
  ...feeTokens.map((asset) => ({ ...asset, feeOnTransfer: true })),
]

const addressesOf = (watched: readonly Watched[]) => watched.map(({ address }) => address)

test('what only looks like a deposit is not credited, and what we hold of it is suspended', async () => {
  const startBlock = (await chain.client.head()).number + 1n
  const watched = await watchNew(database, 8)
  const simulation = await simulateDeposits({
    rpcUrl: chain.url,
    addresses: addressesOf(watched),
    count: 80,
    // One transaction in each block, so that the plan knows what arrives to the unit.
    blocks: 80,
    seed: 1,
    minimums: Object.fromEntries(chain.contracts.assets.map(({ id }) => [id, MINIMUM])),
    kinds: [
      ...(['native', 'erc20', 'fee-token', 'spoof', 'unlisted', 'zero', 'dust'] as const),
      ...(['returns-false', 'nft', 'system-log'] as const),
    ],
  })
  const config = { assets: accepted(), startBlock }
  await using process = await scanProcess({ ...chain, database, config })

  await settle(process)

  const facts = factsOf(watched)
  expect(await storedFacts(database, 'final')).toEqual(facts(simulation.deposits))
  expect(await storedFacts(database, 'rejected')).toEqual(facts(simulation.suspense))
  expect(new Set(simulation.transactions.map(({ kind }) => kind)).size).toBe(10)
  const isAccepted = new Set<string>(accepted().map(({ id }) => id))
  const dust = simulation.suspense.filter(({ asset }) => isAccepted.has(asset))
  expect(dust.length).toBeGreaterThan(0)
  expect(await reasons()).toEqual({
    asset_not_accepted: simulation.suspense.length - dust.length,
    below_minimum: dust.length,
  })
  const told = (await database.events()).map(({ type, id }) => `${type} ${id}`)
  expect(told.sort()).toEqual([
    ...idsOf(simulation.deposits).map((id) => `deposit.confirmed ${id}`),
    ...idsOf(dust).map((id) => `deposit.suspended ${id}`),
  ])
})

test('several payments of a token with a fee in one block are credited as what arrived', async () => {
  const startBlock = (await chain.client.head()).number + 1n
  const watched = await watchNew(database, 2)
  await simulateDeposits({
    rpcUrl: chain.url,
    addresses: addressesOf(watched),
    count: 30,
    blocks: 3,
    seed: 2,
    kinds: ['fee-token'],
  })
  const config = { assets: accepted(), startBlock }
  await using process = await scanProcess({ ...chain, database, config })

  await settle(process)

  const held = await readBalances({
    ...{ rpcUrl: chain.url, addresses: addressesOf(watched), assets: feeTokens },
  })
  const credited = new Map<string, bigint>()
  for (const { owner, asset, amount, status } of await database.deposits()) {
    // One unit may round to nothing beside larger payments, and is with the last of them then.
    if (status !== 'final') continue
    credited.set(`${owner} ${asset}`, (credited.get(`${owner} ${asset}`) ?? 0n) + amount)
  }
  for (const { owner, address } of watched) {
    for (const { id } of feeTokens) {
      expect(credited.get(`${owner} ${id}`)).toBe(held[address]?.[id])
    }
  }
})

test('what a wallet of our own sends is no deposit; what a watched address sends is one', async () => {
  const startBlock = (await chain.client.head()).number + 1n
  const [one, other] = (await watchNew(database, 2)) as [Watched, Watched]
  const [gasTank, stranger] = await chain.client.request<[`0x${string}`, `0x${string}`]>(
    'eth_accounts',
    [],
  )
  await chain.client.request('anvil_impersonateAccount', [one.address])
  await pay(gasTank, one, 10n ** 18n)
  await pay(stranger, one, 7n)
  await chain.client.mine()
  await pay(one.address, other, 5n)
  await chain.client.mine()
  const config = { startBlock, ownAddresses: [parseAddress(gasTank)] }
  await using process = await scanProcess({ ...chain, database, config })

  await settle(process)

  const stored = (await database.deposits()).map(({ amount, status, reason }) => {
    return [amount, status, reason]
  })
  expect(stored).toEqual(
    expect.arrayContaining([
      [10n ** 18n, 'rejected', 'internal'],
      [7n, 'final', null],
      [5n, 'final', null],
    ]),
  )
  expect(await database.events()).toMatchObject([{ amount: 7n }, { amount: 5n }])
})

test('a token is not credited while another code runs behind it than was accepted', async () => {
  const startBlock = (await chain.client.head()).number + 1n
  const watched = await watchNew(database, 1)
  const paid = { rpcUrl: chain.url, addresses: addressesOf(watched), count: 3, blocks: 3 }
  const before = await simulateDeposits({ ...paid, seed: 3, kinds: ['erc20'] })
  const [slot, other] = [`0x${'5'.repeat(64)}`, `0x${'6'.repeat(64)}`] as const
  await chain.client.mine()
  for (const { contract } of chain.contracts.assets) {
    if (contract) await chain.client.request('anvil_setStorageAt', [contract, slot, other])
  }
  await simulateDeposits({ ...paid, seed: 4, kinds: ['erc20'] })
  const implementation = { contract: `0x${'0'.repeat(40)}`, slot } as const
  const assets = chain.contracts.assets.map((asset) => ({ ...asset, implementation }))
  await using process = await scanProcess({ ...chain, database, config: { assets, startBlock } })

  await settle(process)

  expect(await storedFacts(database, 'final')).toEqual(factsOf(watched)(before.deposits))
  expect(await reasons()).toEqual({ asset_halted: 3 })
})

test('a token that has other decimals on the chain stops it before anything is read', async () => {
  const assets = accepted().map((asset) =>
    asset.contract ? { ...asset, decimals: asset.decimals + 1 } : asset,
  )
  await watchNew(database, 1)
  await using process = await scanProcess({ ...chain, database, config: { assets } })

  await expect(process.scan()).rejects.toMatchObject({ code: 'TOKEN_MISMATCH', retry: 'never' })
  await expect(process.rescan()).rejects.toMatchObject({ code: 'TOKEN_MISMATCH' })
})

const pay = (from: string, { address: to }: Watched, value: bigint) =>
  sendMined(chain.client, { from, to, value: quantity(value) })

async function reasons(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { reason } of await database.deposits()) {
    if (reason !== null) counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

const idsOf = (deposits: readonly SimulatedDeposit[]) =>
  deposits.map(({ txHash, position }) => `${CHAIN}:${txHash}:${position}`).sort()

const factsOf =
  (watched: readonly Watched[]) =>
  (deposits: readonly SimulatedDeposit[]): string[] => {
    const owners = new Map<string, string>(watched.map(({ address, owner }) => [address, owner]))
    return deposits
      .map(({ txHash, position, to, asset, amount }) =>
        [`${CHAIN}:${txHash}:${position}`, owners.get(to), asset, amount].join(' '),
      )
      .sort()
  }
