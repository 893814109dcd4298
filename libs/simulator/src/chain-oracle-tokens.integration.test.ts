import { bigAirdropAbi, bigAirdropBytecode } from '@coffer/contracts/big-airdrop'
import { nonFungibleAbi, nonFungibleBytecode } from '@coffer/contracts/non-fungible'
import { oddLogTokenAbi, oddLogTokenBytecode } from '@coffer/contracts/odd-log-token'
import { rebasingTokenAbi, rebasingTokenBytecode } from '@coffer/contracts/rebasing-token'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { type Asset, erc20AssetId } from '@coffer/money/asset'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient, quantity } from './anvil-client.ts'
import { readDeposits } from './chain-oracle.ts'
import { createdAddress } from './deploy-contracts.ts'
import { readBalances } from './read-balances.ts'
import { sendMined } from './send-mined.ts'

const watched: Address = '0x00000000000000000000000000000000000000a1'

/** A chain with one token, which is accepted as it is. */
async function chainWith(bytecode: Hex) {
  const anvil = await startAnvil()
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  const client = anvilClient(anvil.url)
  const [from] = (await client.accounts()) as [Address]
  const send = async (data: Hex, to?: Address) => {
    const transaction = { from, data, gas: quantity(25_000_000), ...(to ? { to } : {}) }
    const { status, transactionHash } = await sendMined(client, transaction)
    expect(status).toBe('0x1')
    return transactionHash
  }
  const contract = createdAddress(from, 0)
  await send(bytecode)
  const chain = await client.chain()
  const id = erc20AssetId(chain, contract)
  const assets: Asset[] = [{ id, chain, contract, symbol: 'ODD', decimals: 18 }]
  return {
    from,
    call: (data: Hex) => send(data, contract),
    deposits: async (addresses: readonly string[] = [watched]) =>
      (await readDeposits({ rpcUrl: anvil.url, addresses: new Set(addresses), assets })).deposits,
    balance: async (block?: bigint) => {
      const at = block === undefined ? {} : { block }
      const options = { rpcUrl: anvil.url, addresses: [watched], assets, ...at }
      return (await readBalances(options))[watched]?.[id]
    },
  }
}

test('takes no log for a transfer that no token of EIP-20 writes, whatever it moved', async () => {
  const { call, deposits, balance, from } = await chainWith(oddLogTokenBytecode)
  const encode = (
    functionName: 'transferWithDirtyTopics' | 'transferUnindexed' | 'transferAnonymously',
  ) => encodeFunctionData({ abi: oddLogTokenAbi, functionName, args: [watched, 1n] })
  const ofSize = (size: bigint) =>
    encodeFunctionData({
      ...{ abi: oddLogTokenAbi, functionName: 'transferWithDataOf', args: [size, watched, 1n] },
    })
  await call(encodeFunctionData({ abi: oddLogTokenAbi, functionName: 'mint', args: [from, 10n] }))

  await call(encode('transferWithDirtyTopics'))
  await call(encode('transferUnindexed'))
  await call(encode('transferAnonymously'))
  for (const size of [0n, 31n, 33n, 64n]) await call(ofSize(size))
  const proper = await call(ofSize(32n))

  expect(await deposits()).toMatchObject([{ txHash: proper, position: 'log:0', amount: 1n }])
  expect(await balance()).toBe(8n)
})

test('takes no NFT for an amount', async () => {
  const { call, deposits, balance } = await chainWith(nonFungibleBytecode)

  await call(encodeFunctionData({ abi: nonFungibleAbi, functionName: 'mint', args: [watched, 7n] }))

  expect(await deposits()).toEqual([])
  expect(await balance()).toBe(1n)
})

test('tells five hundred transfers of one transaction apart', async () => {
  const { call, deposits } = await chainWith(bigAirdropBytecode)
  const to = Array.from({ length: 500 }, (_, index): Address => {
    return `0x${String(index + 1_000).padStart(40, '0')}`
  })
  const data = encodeFunctionData({ abi: bigAirdropAbi, functionName: 'airdrop', args: [to, 3n] })

  const txHash = await call(data)

  expect(await deposits(to)).toMatchObject(
    to.map((address, index) => ({ txHash, position: `log:${index}`, to: address, amount: 3n })),
  )
})

test('balances of a rebasing token move without a deposit, at their block', async () => {
  const { call, deposits, balance } = await chainWith(rebasingTokenBytecode)
  const abi = rebasingTokenAbi
  await call(encodeFunctionData({ abi, functionName: 'mint', args: [watched, 100n] }))
  await call(encodeFunctionData({ abi, functionName: 'rebase', args: [15_000n] }))

  expect(await deposits()).toMatchObject([{ amount: 100n }])
  expect([await balance(0n), await balance(1n)]).toEqual([0n, 0n])
  expect([await balance(2n), await balance(3n), await balance()]).toEqual([100n, 150n, 150n])
})
