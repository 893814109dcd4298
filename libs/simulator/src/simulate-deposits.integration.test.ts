import { startAnvil } from '@coffer/devstack/start-anvil'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'
import { readDeposits } from './chain-oracle.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'
import { mineEmptyBlocks } from './mine-empty-blocks.ts'
import { type SimulatedDeposit, simulateDeposits } from './simulate-deposits.ts'

const addresses = Array.from({ length: 30 }, (_, index) => `0x${String(index).padStart(40, 'a')}`)
const kinds = ['native', 'erc20', 'batch'] as const

async function freshChain(...args: string[]) {
  const anvil = await startAnvil({ arguments: args })
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  const client = anvilClient(anvil.url)
  const readAll = async () => {
    const { assets } = await deployTestContracts(client)
    return readDeposits({ rpcUrl: anvil.url, addresses: new Set(addresses), assets })
  }
  return { rpcUrl: anvil.url, client, readAll }
}

const sorted = (deposits: readonly SimulatedDeposit[]) =>
  deposits.toSorted((a, b) => (`${a.txHash} ${a.position}` < `${b.txHash} ${b.position}` ? -1 : 1))

test('pays 200 deposits among noise and failures, and the chain holds exactly these', async () => {
  const { rpcUrl, client, readAll } = await freshChain()

  const simulation = await simulateDeposits({
    ...{ rpcUrl, addresses, kinds, count: 200, seed: 1, noise: 0.5, failures: 20 },
  })

  const { deposits, totals } = await readAll()
  expect(simulation.deposits).toHaveLength(200)
  expect(sorted(deposits)).toEqual(sorted(simulation.deposits))
  expect(totals).toEqual(simulation.totals)
  expect(simulation.transactions.filter(({ purpose }) => purpose === 'failure')).toHaveLength(20)
  expect(await client.request('anvil_getAutomine')).toBe(true)
})

test('adds up what each address received', async () => {
  const { rpcUrl } = await freshChain()

  const { byAddress, deposits } = await simulateDeposits({
    ...{ rpcUrl, addresses, kinds, count: 50, seed: 2 },
  })

  const [first] = deposits as [SimulatedDeposit]
  const own = deposits.filter(({ to, asset }) => to === first.to && asset === first.asset)
  expect(new Set(Object.keys(byAddress))).toEqual(new Set(deposits.map(({ to }) => to)))
  expect(byAddress[first.to]?.[first.asset]).toBe(
    own.reduce((total, { amount }) => total + amount, 0n),
  )
})

test('spreads the transactions over the blocks asked for', async () => {
  const { rpcUrl, readAll } = await freshChain('--no-mining')

  const simulation = await simulateDeposits({
    ...{ rpcUrl, addresses, kinds, count: 60, seed: 3, blocks: 10 },
  })

  expect(simulation.toBlock - simulation.fromBlock + 1n).toBe(10n)
  expect(new Set(simulation.transactions.map(({ blockNumber }) => blockNumber)).size).toBe(10)
  expect(sorted((await readAll()).deposits)).toEqual(sorted(simulation.deposits))
})

test('leaves mining to a node that mines by the clock', async () => {
  const { rpcUrl, client, readAll } = await freshChain('--block-time', '1')

  const simulation = await simulateDeposits({
    ...{ rpcUrl, addresses, kinds, count: 20, seed: 4 },
  })

  expect(sorted((await readAll()).deposits)).toEqual(sorted(simulation.deposits))
  expect(await client.request('anvil_getIntervalMining')).toBe(1)
})

test('pays again on the same chain, with another seed or the same', async () => {
  const { rpcUrl, readAll } = await freshChain()

  const runs = []
  for (const seed of [5, 5, 6]) {
    runs.push(await simulateDeposits({ rpcUrl, addresses, kinds, count: 20, seed }))
  }

  const expected = runs.flatMap(({ deposits }) => deposits)
  expect(sorted((await readAll()).deposits)).toEqual(sorted(expected))
})

test('never funds a watched account, even if the node signs for it', async () => {
  const { rpcUrl, client } = await freshChain()
  const watched = (await client.accounts()).slice(0, 9)

  const simulation = await simulateDeposits({
    ...{ rpcUrl, addresses: watched, kinds, count: 20, seed: 7 },
  })

  const { assets } = await deployTestContracts(client)
  const { deposits } = await readDeposits({ rpcUrl, addresses: new Set(watched), assets })
  expect(sorted(deposits)).toEqual(sorted(simulation.deposits))
})

test('says so when the node has no account to send from', async () => {
  const { rpcUrl } = await freshChain('--accounts', '1')

  const simulation = simulateDeposits({ rpcUrl, addresses, kinds, count: 1, seed: 1 })

  await expect(simulation).rejects.toMatchObject({ code: 'SIMULATOR_NO_SENDER' })
})

test('tells what it has sent so far', async () => {
  const { rpcUrl } = await freshChain()
  const seen: number[] = []

  await simulateDeposits({
    ...{ rpcUrl, addresses, kinds: ['native'], count: 10, seed: 8, blocks: 2 },
    onProgress: ({ sent, of }) => seen.push(sent / of),
  })

  expect(seen).toEqual([0.5, 1])
})

test('a chain without deposits has neither first nor last block', async () => {
  const { rpcUrl } = await freshChain()

  expect(await simulateDeposits({ rpcUrl, addresses, kinds, count: 0, seed: 1 })).toEqual({
    ...{ transactions: [], deposits: [], suspense: [], totals: {}, byAddress: {} },
    ...{ fromBlock: 0n, toBlock: 0n },
  })
})

test('mineEmptyBlocks raises the head by so many blocks', async () => {
  const { rpcUrl } = await freshChain()

  expect(await mineEmptyBlocks({ rpcUrl, blocks: 64 })).toBe(64n)
})
