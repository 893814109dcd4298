import { startAnvil } from '@coffer/devstack/start-anvil'
import type { Address, Hex } from 'viem'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'
import { readDeposits } from './chain-oracle.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'
import { mintCall } from './encode-transaction.ts'
import { type RawTransaction, rawSender } from './raw-sender.ts'
import { reorg } from './reorg.ts'
import { simulateDeposits } from './simulate-deposits.ts'

const watched: Address = '0x00000000000000000000000000000000000000a1'

/** A chain on which three blocks hold a token deposit each. */
async function chainWithDeposits() {
  const anvil = await startAnvil()
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  const client = anvilClient(anvil.url)
  const { ttkn, assets } = await deployTestContracts(client)
  const sender = await rawSender(client, 'payer')
  const sent: RawTransaction[] = []
  for (const amount of [1n, 2n, 3n]) {
    const transaction = await sender.sign(mintCall(ttkn, watched, amount))
    await sender.mine(transaction)
    sent.push(transaction)
  }
  const { number: head } = await client.head()
  const deposits = async () => {
    const found = await readDeposits({ rpcUrl: anvil.url, addresses: new Set([watched]), assets })
    return found.deposits.map(({ txHash, position, amount, blockNumber }) => {
      return { txHash, position, amount, block: Number(blockNumber - head) }
    })
  }
  const [first, second, third] = sent.map(({ hash }) => hash) as [Hex, Hex, Hex]
  const logIndexOf = async (hash: Hex) => {
    type Receipt = { logs: { logIndex: Hex }[] }
    const receipt = await client.request<Receipt>('eth_getTransactionReceipt', [hash])
    return Number(receipt.logs[0]?.logIndex)
  }
  return { anvil, client, sender, sent, head, deposits, logIndexOf, first, second, third, ttkn }
}

const deposit = (txHash: Hex, amount: bigint, block: number) => {
  return { txHash, position: 'log:0', amount, block }
}

test('puts every transaction back where it was, into other blocks', async () => {
  const { client, deposits, head, first, second, third } = await chainWithDeposits()
  const before = await deposits()

  const { fork, orphanedBlocks, kept, dropped } = await reorg(client, { depth: 3 })

  expect(await deposits()).toEqual(before)
  expect(kept.map(({ hash }) => hash)).toEqual([first, second, third])
  expect(dropped).toEqual([])
  expect(fork).toBe(head - 3n)
  expect(new Set(orphanedBlocks).size).toBe(3)
  expect((await client.head()).number).toBe(head + 1n)
})

test('drops every transaction, any of which can be sent again', async () => {
  const { client, sender, sent, deposits, first } = await chainWithDeposits()

  const { dropped } = await reorg(client, { depth: 3, place: () => 'drop' })
  const afterwards = await deposits()
  await sender.mine(sent[0] as RawTransaction)

  expect(dropped).toHaveLength(3)
  expect(afterwards).toEqual([])
  expect(await deposits()).toEqual([deposit(first, 1n, 2)])
})

test('moves some transactions to other blocks and drops the rest', async () => {
  const { client, deposits, first, second, third } = await chainWithDeposits()

  const place = ({ hash }: { hash: Hex }) => (hash === third ? 'drop' : 2)
  await reorg(client, { depth: 3, place, extension: 2 })

  expect(await deposits()).toEqual([deposit(first, 1n, 0), deposit(second, 2n, 0)])
})

test('moves the indices of logs by fillers in front, and the position of none', async () => {
  const { client, deposits, logIndexOf, first, third } = await chainWithDeposits()
  const before = { deposits: await deposits(), indices: await logIndexOf(first) }

  await reorg(client, { depth: 3, fillers: 2 })

  expect(before.indices).toBe(0)
  expect([await logIndexOf(first), await logIndexOf(third)]).toEqual([2, 2])
  expect(await deposits()).toEqual(before.deposits)
})

test('drops what filled the blocks of the reorg before, for other fillers', async () => {
  const { client, deposits, first, second, third } = await chainWithDeposits()
  const before = await deposits()
  const payments = new Set([first, second, third])
  await reorg(client, { depth: 3, fillers: 1, extension: 0 })

  const place = ({ hash, block }: { hash: Hex; block: number }) =>
    payments.has(hash) ? block : 'drop'
  const { dropped } = await reorg(client, { depth: 3, place, fillers: 1 })

  expect(dropped).toHaveLength(3)
  expect(await deposits()).toEqual(before)
})

test('puts a rival in the place of a transaction, for good', async () => {
  const { client, sender, sent, deposits, ttkn, third } = await chainWithDeposits()
  const [, , last] = sent as [RawTransaction, RawTransaction, RawTransaction]
  const rival = await sender.rival(last, mintCall(ttkn, watched, 40n))

  const place = ({ hash, block }: { hash: Hex; block: number }) => (hash === third ? 'drop' : block)
  await reorg(client, { depth: 1, place, additions: [{ ...rival, block: 0 }] })

  expect((await deposits()).at(-1)).toEqual(deposit(rival.hash, 40n, 0))
  await expect(sender.mine(last)).rejects.toThrow('nonce too low')
})

test('flips between branches, each time with other blocks', async () => {
  const { client, deposits } = await chainWithDeposits()
  const before = await deposits()
  const seen: Hex[] = []

  for (let flip = 0; flip < 4; flip++) {
    const { orphanedBlocks } = await reorg(client, { depth: 3, extension: 0 })
    seen.push(...orphanedBlocks)
  }

  expect(new Set(seen).size).toBe(12)
  expect(await deposits()).toEqual(before)
})

test('brings back what simulated deposits were sent with', async () => {
  const { anvil, client } = await chainWithDeposits()
  const kinds = ['native', 'erc20', 'batch'] as const
  const options = { rpcUrl: anvil.url, addresses: [watched], kinds, count: 20, seed: 1 }
  const { transactions } = await simulateDeposits({ ...options, blocks: 5 })

  const { kept } = await reorg(client, { depth: 5, fillers: 1 })

  expect(new Set(kept.map(({ hash }) => hash))).toEqual(
    new Set(transactions.map(({ hash }) => hash)),
  )
})

test('names a transaction that could not be kept, and leaves the node mining', async () => {
  const { client, first, second } = await chainWithDeposits()

  const place = ({ hash, block }: { hash: Hex; block: number }) => (hash === first ? 'drop' : block)
  const reorganising = reorg(client, { depth: 3, place })

  await expect(reorganising).rejects.toMatchObject({
    code: 'SIMULATOR_REORG',
    message: expect.stringContaining(second),
  })
  expect(await client.request('anvil_getAutomine')).toBe(true)
})

test('notices blocks that are the same as before', async () => {
  const { client, head } = await chainWithDeposits()
  const idle = { ...client, reorg: () => Promise.resolve() }

  await expect(reorg(idle, { depth: 2 })).rejects.toMatchObject({
    code: 'SIMULATOR_REORG',
    message: expect.stringContaining(`block ${head - 1n} kept its hash`),
  })
})
