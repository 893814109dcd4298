import { batchPayerAbi } from '@coffer/contracts/batch-payer'
import { testTokenAbi, testTokenBytecode } from '@coffer/contracts/test-token'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { UNITS_MAX } from '@coffer/money/units'
import {
  type Address,
  createWalletClient,
  getContractAddress,
  type Hex,
  http,
  publicActions,
} from 'viem'
import { foundry } from 'viem/chains'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'
import { awaitReceipts } from './await-receipts.ts'
import { readDeposits } from './chain-oracle.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'

const watched = '0x00000000000000000000000000000000000000AA'
const other = '0x00000000000000000000000000000000000000bb'

async function chainWithContracts() {
  const anvil = await startAnvil()
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  const client = anvilClient(anvil.url)
  const contracts = await deployTestContracts(client)
  const [account] = (await client.accounts()) as [Address]
  const wallet = createWalletClient({ account, chain: foundry, transport: http(anvil.url) }).extend(
    publicActions,
  )
  const read = (options: { fromBlock?: bigint; toBlock?: bigint } = {}) => {
    const { assets } = contracts
    return readDeposits({ rpcUrl: anvil.url, addresses: new Set([watched]), assets, ...options })
  }
  /** Each before the next is sent, as `pauseMining` explains. */
  const mined = async (sent: Promise<Hex>) => {
    const hash = await sent
    await awaitReceipts(client, [hash])
    return hash
  }
  const pay = (value: bigint) => mined(wallet.sendTransaction({ to: watched, value }))
  const mint = (token: Address, to: Address, amount: bigint) =>
    mined(
      wallet.writeContract({
        ...{ address: token, abi: testTokenAbi, functionName: 'mint', args: [to, amount] },
      }),
    )
  return { anvil, client, contracts, wallet, account, read, mined, pay, mint }
}

test('finds one unit and 2^256 - 1 of a token, and coin, whatever the letter case', async () => {
  const { contracts, read, pay, mint } = await chainWithContracts()
  const [native, tusd, ttkn] = contracts.assets

  const hashes = [
    await mint(contracts.tusd, watched, 1n),
    await mint(contracts.ttkn, watched, UNITS_MAX),
    await pay(7n),
  ]

  const expected = [
    { position: 'log:0', asset: tusd.id, amount: 1n },
    { position: 'log:0', asset: ttkn.id, amount: UNITS_MAX },
    { position: 'value', asset: native.id, amount: 7n },
  ]
  const { deposits, totals } = await read()
  const start = deposits[0]?.blockNumber ?? 0n
  expect(deposits).toEqual(
    expected.map((deposit, index) => {
      const blockNumber = start + BigInt(index)
      return { ...deposit, txHash: hashes[index], to: watched.toLowerCase(), blockNumber }
    }),
  )
  expect(totals).toEqual({ [native.id]: 7n, [tusd.id]: 1n, [ttkn.id]: UNITS_MAX })
})

test('tells two transfers to one recipient in one transaction apart', async () => {
  const { contracts, wallet, account, read, mined, mint } = await chainWithContracts()
  await mint(contracts.tusd, account, 10n)
  await mined(
    wallet.writeContract({
      ...{ address: contracts.tusd, abi: testTokenAbi, functionName: 'approve' },
      args: [contracts.batchPayer, UNITS_MAX],
    }),
  )

  const txHash = await mined(
    wallet.writeContract({
      ...{ address: contracts.batchPayer, abi: batchPayerAbi, functionName: 'payToken' },
      args: [contracts.tusd, [watched, other, watched], [2n, 3n, 2n]],
    }),
  )

  const { deposits } = await read()
  expect(deposits).toMatchObject([
    { txHash, position: 'log:0', amount: 2n },
    { txHash, position: 'log:2', amount: 2n },
  ])
})

test('counts neither failed nor empty nor unaccepted transfers, nor those to others', async () => {
  const { contracts, wallet, account, read, mined, pay, mint } = await chainWithContracts()
  const nonce = BigInt(await wallet.getTransactionCount({ address: account }))
  await mined(
    wallet.deployContract({
      ...{ abi: testTokenAbi, bytecode: testTokenBytecode, args: ['Test Dollar', 'TUSD', 6] },
    }),
  )
  await mint(getContractAddress({ from: account, nonce }), watched, 1n)
  await mint(contracts.tusd, other, 1n)
  await mint(contracts.tusd, watched, 0n)
  await pay(0n)
  const failed = await mined(
    wallet.writeContract({
      ...{ address: contracts.tusd, abi: testTokenAbi, functionName: 'transfer', gas: 100_000n },
      args: [watched, 1n],
    }),
  )

  const { status } = await wallet.getTransactionReceipt({ hash: failed })
  expect(status).toBe('reverted')
  expect(await read()).toEqual({ deposits: [], totals: {} })
})

test('counts no coin of a transaction that failed', async () => {
  const { anvil, contracts, wallet, mined } = await chainWithContracts()
  // It takes no coin outside a payment, so a transfer to it carries value and fails.
  const addresses = new Set([contracts.batchPayer])

  const hash = await mined(
    wallet.sendTransaction({ to: contracts.batchPayer, value: 1n, gas: 100_000n }),
  )

  const { status } = await wallet.getTransactionReceipt({ hash })
  const found = await readDeposits({ rpcUrl: anvil.url, addresses, assets: contracts.assets })
  expect(status).toBe('reverted')
  expect(found).toEqual({ deposits: [], totals: {} })
})

test('reads only the blocks asked for', async () => {
  const { client, read, pay } = await chainWithContracts()
  for (const value of [1n, 2n, 3n]) await pay(value)
  const { number } = await client.head()

  const { deposits } = await read({ fromBlock: number - 1n, toBlock: number - 1n })

  expect(deposits).toMatchObject([{ amount: 2n, blockNumber: number - 1n }])
})

test('refuses to judge blocks that are not there', async () => {
  const { client, read } = await chainWithContracts()
  const { number } = await client.head()

  await expect(read({ toBlock: number + 1n })).rejects.toMatchObject({
    code: 'SIMULATOR_CHAIN_MOVED',
    retry: 'retry',
  })
})
