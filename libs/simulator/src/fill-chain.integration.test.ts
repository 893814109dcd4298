import { startAnvil } from '@coffer/devstack/start-anvil'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'
import { readDeposits } from './chain-oracle.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'
import { fillChain } from './fill-chain.ts'

const watched = Array.from({ length: 10 }, (_, index) => `0x${String(index).padStart(40, 'A')}`)

async function freshChain(...args: string[]) {
  const anvil = await startAnvil({ arguments: args })
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  return anvil.url
}

test('fills blocks with as many transfers as it says, of which the chain agrees', async () => {
  const rpcUrl = await freshChain('--no-mining')
  const { assets } = await deployTestContracts(anvilClient(rpcUrl))

  const filled = await fillChain({
    ...{ rpcUrl, blocks: 20, tokenTransfersPerBlock: 10, nativeTransfersPerBlock: 5 },
    ...{ watched, watchedShare: 0.3, seed: 1 },
  })

  const { deposits, totals } = await readDeposits({ rpcUrl, addresses: new Set(watched), assets })
  expect(filled.transfers).toBe(300)
  expect(filled.toBlock - filled.fromBlock + 1n).toBe(20n)
  expect(deposits).toHaveLength(filled.watchedTransfers)
  expect(totals).toEqual(filled.totals)
})

test('fills an unwatched chain with strangers only, and leaves the node mining as before', async () => {
  const rpcUrl = await freshChain()

  const filled = await fillChain({
    ...{ rpcUrl, blocks: 2, tokenTransfersPerBlock: 3, nativeTransfersPerBlock: 0 },
    ...{ watched: [], seed: 1 },
  })

  expect(filled).toMatchObject({ transfers: 6, watchedTransfers: 0, totals: {} })
  expect(await anvilClient(rpcUrl).request('anvil_getAutomine')).toBe(true)
})

test('says so when a block cannot hold its transfers', async () => {
  const rpcUrl = await freshChain('--no-mining', '--gas-limit', '3000000')

  const filling = fillChain({
    ...{ rpcUrl, blocks: 2, tokenTransfersPerBlock: 500, nativeTransfersPerBlock: 0 },
    ...{ watched, seed: 1 },
  })

  await expect(filling).rejects.toMatchObject({ code: 'SIMULATOR_FILL' })
})
