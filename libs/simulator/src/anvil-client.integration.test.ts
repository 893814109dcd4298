import { startAnvil } from '@coffer/devstack/start-anvil'
import type { Hex } from 'viem'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'

async function freshChain(...args: string[]) {
  const anvil = await startAnvil({ arguments: args })
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  return anvilClient(anvil.url)
}

test('answers a batch in the order of its calls', async () => {
  const client = await freshChain()

  const answers = await client.batch([
    { method: 'eth_chainId' },
    { method: 'eth_blockNumber' },
    { method: 'anvil_getAutomine' },
  ])

  expect(answers).toEqual(['0x7a69', '0x0', true])
  expect(await client.batch([])).toEqual([])
})

test('names the call that the node refused, and why', async () => {
  const client = await freshChain()

  await expect(
    client.batch([{ method: 'eth_chainId' }, { method: 'eth_noSuchCall' }]),
  ).rejects.toMatchObject({
    code: 'SIMULATOR_RPC',
    retry: 'never',
    message: expect.stringMatching(/eth_noSuchCall.*not found/i),
  })
})

test('may be tried again when no node answers', async () => {
  await expect(anvilClient('http://127.0.0.1:1').head()).rejects.toMatchObject({
    code: 'SIMULATOR_RPC',
    retry: 'retry',
  })
})

test('mines, and only when told to once automine is off', async () => {
  const client = await freshChain()
  await client.setAutomine(false)
  const [from] = await client.accounts()

  await client.request('eth_sendTransaction', [{ from, to: from }])
  const before = await client.head()
  await client.mine(3)

  expect(before.number).toBe(0n)
  expect((await client.head()).number).toBe(3n)
})

test('sets a balance, and goes back to a snapshot', async () => {
  const client = await freshChain()
  const account = '0x00000000000000000000000000000000000000aa'
  const balance = () => client.request<Hex>('eth_getBalance', [account, 'latest'])
  const snapshot = await client.snapshot()

  await client.setBalance(account, 2n ** 200n)
  const richest = BigInt(await balance())
  await client.revert(snapshot)

  expect(richest).toBe(2n ** 200n)
  expect(BigInt(await balance())).toBe(0n)
})

test('replaces the newest blocks at the same height, with the transactions given', async () => {
  const client = await freshChain()
  const [from, to] = await client.accounts()
  await client.mine(3)
  const before = await client.head()

  await client.reorg(2, [{ transaction: { from: `${from}`, to: `${to}`, value: '0x5' }, block: 0 }])

  const after = await client.head()
  const replaced = await client.request<{ transactions: unknown[] }>('eth_getBlockByNumber', [
    '0x2',
    false,
  ])
  expect(after.number).toBe(before.number)
  expect(after.hash).not.toBe(before.hash)
  expect(replaced.transactions).toHaveLength(1)
})
