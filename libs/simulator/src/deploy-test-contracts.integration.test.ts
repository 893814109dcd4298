import { testTokenAbi } from '@coffer/contracts/test-token'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { createPublicClient, http } from 'viem'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'

async function freshChain(...args: string[]) {
  const anvil = await startAnvil({ arguments: args })
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  return { rpcUrl: anvil.url, client: anvilClient(anvil.url) }
}

test('deploys once, to the addresses that these contracts have on every chain', async () => {
  const { client } = await freshChain('--no-mining')

  const contracts = await deployTestContracts(client)
  const head = await client.head()

  expect(contracts).toMatchObject({
    tusd: '0xc8f046904e3b312975aaa235d034dda9e4dbe800',
    ttkn: '0xd842002b8c09dd0ffd4850ff30ac8c46455a63c0',
    batchPayer: '0xc0990e3231bb85d85046e8d32abc98f53ffe7e7b',
  })
  expect(await deployTestContracts(client)).toEqual(contracts)
  expect(await client.head()).toEqual(head)
})

test('describes each token as it describes itself', async () => {
  const { rpcUrl, client } = await freshChain()
  const chain = createPublicClient({ transport: http(rpcUrl) })

  const { assets } = await deployTestContracts(client)

  for (const { contract, symbol, decimals } of assets) {
    if (contract === null) continue
    const token = { address: contract, abi: testTokenAbi } as const
    const symbolThere = await chain.readContract({ ...token, functionName: 'symbol' })
    const decimalsThere = await chain.readContract({ ...token, functionName: 'decimals' })
    expect({ symbol: symbolThere, decimals: decimalsThere }).toEqual({ symbol, decimals })
  }
  expect(assets.map(({ symbol }) => symbol)).toEqual(['ETH', 'TUSD', 'TTKN'])
})
