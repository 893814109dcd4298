import { startAnvil } from '@coffer/devstack/start-anvil'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'
import { awaitReceipts } from './await-receipts.ts'

async function unminedChain() {
  const anvil = await startAnvil({ arguments: ['--no-mining'] })
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  return anvilClient(anvil.url)
}

test('mines what waits on a node that does not mine, and keeps the order asked for', async () => {
  const client = await unminedChain()
  const [from] = await client.accounts()
  const first = await client.request<`0x${string}`>('eth_sendTransaction', [{ from, to: from }])
  const second = await client.request<`0x${string}`>('eth_sendTransaction', [{ from, to: from }])

  const receipts = await awaitReceipts(client, [second, first])

  expect(receipts.map(({ transactionHash }) => transactionHash)).toEqual([second, first])
})

test('gives up on a transaction that the node does not have', async () => {
  const client = await unminedChain()
  const unknown = `0x${'ab'.repeat(32)}` as const

  await expect(awaitReceipts(client, [unknown])).rejects.toMatchObject({
    code: 'SIMULATOR_NOT_MINED',
    message: expect.stringContaining(unknown),
  })
})
