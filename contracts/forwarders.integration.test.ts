import { startAnvil } from '@coffer/devstack/start-anvil'
import { parseAddress } from '@coffer/evm/address'
import { forwarderAddresses, forwarderSalt } from '@coffer/wallets/forwarder-addresses'
import {
  createTestClient,
  getAddress,
  getContractAddress,
  http,
  keccak256,
  type PublicActions,
  publicActions,
  walletActions,
} from 'viem'
import { foundry } from 'viem/chains'
import { expect, test } from 'vitest'
import { forwardersAbi as abi, forwardersBytecode as bytecode } from './abi/forwarders.ts'

const salt = keccak256('0x01')

test('an address has no code, is paid in any way, and is flushed as often as it is paid', async () => {
  await using anvil = await startAnvil()
  const client = createTestClient({ chain: foundry, mode: 'anvil', transport: http(anvil.url) })
    .extend(publicActions)
    .extend(walletActions)
  const [account] = await client.getAddresses()
  if (account === undefined) throw new Error('Anvil has no accounts.')
  const destination = '0x00000000000000000000000000000000000000d5'
  const hash = await client.deployContract({ abi, bytecode, account, args: [destination] })
  const { contractAddress } = await mined(client, hash)
  if (!contractAddress) throw new Error('Nothing was deployed.')
  const contract = { abi, address: contractAddress }
  const bytecodeHash = await client.readContract({ ...contract, functionName: 'initCodeHash' })
  const address = getContractAddress({
    opcode: 'CREATE2',
    from: contractAddress,
    salt,
    bytecodeHash,
  })
  expect(await client.readContract({ ...contract, functionName: 'addressOf', args: [salt] })).toBe(
    address,
  )
  const owner = '0199a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b1'
  expect(
    await client.readContract({
      ...contract,
      functionName: 'addressOf',
      args: [forwarderSalt(owner)],
    }),
  ).toBe(getAddress(forwarderAddresses(parseAddress(contractAddress))(owner)))

  for (const paid of [1n, 2n, 3n]) {
    // As much gas as Solidity's `transfer` gives on top of what every transaction costs.
    const payment = { account, to: address, value: paid, gas: 21_000n }
    await mined(client, await client.sendTransaction(payment))
    const args = [[salt], []] as const
    const flush = { ...contract, account, functionName: 'flush', args } as const
    await mined(client, await client.writeContract(flush))
    expect(await client.getBalance({ address })).toBe(0n)
    expect(await client.getCode({ address })).toBeUndefined()
  }

  expect(await client.getBalance({ address: destination })).toBe(6n)
})

async function mined(client: PublicActions, hash: `0x${string}`) {
  const receipt = await client.waitForTransactionReceipt({ hash, pollingInterval: 20 })
  expect(receipt.status).toBe('success')
  return receipt
}
