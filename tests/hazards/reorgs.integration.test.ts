import { feeTokenAbi } from '@coffer/contracts/fee-token'
import { testTokenAbi } from '@coffer/contracts/test-token'
import type { Watched } from '@coffer/deposits/testing/anvil-scan'
import { HOSTILE_CONTRACTS } from '@coffer/simulator/deploy-hostile-contracts'
import { type RawSender, rawSender } from '@coffer/simulator/raw-sender'
import { reorg } from '@coffer/simulator/reorg'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { receiptOf } from './hazard-sender.ts'
import { type HazardStage, hazardStage } from './hazard-stage.ts'

let stage: HazardStage
let sender: RawSender
let ann: Watched
let bob: Watched
beforeAll(async () => {
  stage = await hazardStage()
})
beforeEach(async ({ task }) => {
  sender = await rawSender(stage.chain.client, task.name)
  ;[ann, bob] = (await stage.begin(2)) as [Watched, Watched]
})
afterAll(() => stage[Symbol.asyncDispose]())

test('F1: a transaction whose log moves within its new block is credited once on the whole', async () => {
  const { client, contracts } = stage.chain
  await sender.mine(await sender.sign(mint(contracts.ttkn, 70n)))
  const paid = await sender.sign(transfer(contracts.ttkn, ann, 70n))
  await sender.mine(paid)
  const before = await receiptOf(client, paid.hash)
  await using scanner = await stage.scanner()
  await stage.settle(scanner)

  await reorg(client, { depth: 1, fillers: 3 })
  await stage.settle(scanner)

  const after = await receiptOf(client, paid.hash)
  expect([before, after].map(({ logs }) => logs[0]?.logIndex)).toEqual(['0x0', '0x3'])
  expect(await stage.told()).toEqual(['confirmed 70', 'reversed 70', 'confirmed 70'])
  expect(await stage.violations()).toEqual([])
})

test('F2: a payment is taken back when a rival of the same nonce wins by a reorg', async () => {
  const payment = await sender.sign({ to: ann.address, value: 5n })
  const rival = await sender.rival(payment, { to: bob.address, value: 6n })
  await sender.mine(payment)
  await using scanner = await stage.scanner()
  await stage.settle(scanner)

  await stage.chain.client.reorg(1, [{ transaction: rival.raw, block: 0 }])
  await stage.chain.client.mine()
  await stage.settle(scanner)

  expect(await stage.told()).toEqual(['confirmed 5', 'reversed 5', 'confirmed 6'])
  expect(await stage.finalAmounts()).toEqual([6n])
  expect(await stage.violations()).toEqual([])
})

test('F2: a transaction that pays another amount by a reorg is credited as it pays now', async () => {
  const { feeToken } = HOSTILE_CONTRACTS
  const feeRate = (rate: bigint) => {
    const call = { abi: feeTokenAbi, functionName: 'setFeeRate', args: [rate] } as const
    return { to: feeToken, data: encodeFunctionData(call) }
  }
  const assets = [...stage.chain.contracts.assets, ...stage.feeTokens]
  await sender.mine(await sender.sign(mint(feeToken, 100n)))
  const cheap = await sender.sign(feeRate(1_000n))
  const dear = await sender.rival(cheap, feeRate(5_000n))
  const paid = await sender.sign(transfer(feeToken, ann, 100n))
  await sender.mine(cheap, paid)
  await using scanner = await stage.scanner({ config: { assets } })
  await stage.settle(scanner)
  const before = await stage.finalAmounts()

  await stage.chain.client.reorg(1, [
    { transaction: dear.raw, block: 0 },
    { transaction: paid.raw, block: 0 },
  ])
  await stage.chain.client.mine()
  await stage.settle(scanner)

  expect([before, await stage.finalAmounts()]).toEqual([[90n], [50n]])
  expect(await stage.told()).toEqual(['confirmed 90', 'reversed 90', 'confirmed 50'])
  expect(await stage.violations(undefined, assets)).toEqual([])
})

test('F4: a reorg beyond finality latches, through failures, empty blocks and restarts', async () => {
  const { client } = stage.chain
  const options = { config: { confirmations: 'finalized', reorgDepthMax: 64 } } as const
  const payment = await sender.sign({ to: ann.address, value: 5n })
  await sender.mine(payment)
  await client.mine(70)
  await using scanner = await stage.scanner(options)
  await stage.settle(scanner)

  // Most of the blocks on either side are empty.
  await client.reorg(71)
  await client.mine()
  await stage.settle(scanner)
  const reason = await stage.latched()
  await sender.mine(await sender.sign({ to: bob.address, value: 6n }))
  stage.proxy.add({ fault: rpcFaults.status(503), share: 0.5, times: 5 })
  await stage.settle(scanner)
  await using restarted = await stage.scanner(options)
  await stage.settle(restarted)

  expect(reason).toMatch(/undo/)
  expect(await stage.latched()).toBe(reason)
  expect(await stage.told()).toEqual(['confirmed 5'])
})

test('D15: a reorg of 200 blocks takes back all that it undid and credits what it brought', async () => {
  const { client } = stage.chain
  const kept = await sender.sign({ to: ann.address, value: 1n })
  const moved = await sender.sign({ to: ann.address, value: 2n })
  const lost = await sender.sign({ to: bob.address, value: 3n })
  await sender.mine(kept)
  for (const payment of [moved, lost]) {
    await client.mine(99)
    await sender.mine(payment)
  }
  await using scanner = await stage.scanner({ config: { reorgDepthMax: 250 } })
  await stage.settle(scanner)

  await client.reorg(200, [{ transaction: moved.raw, block: 150 }])
  await client.mine()
  await stage.settle(scanner)

  expect(await stage.told()).toEqual([
    ...['confirmed 1', 'confirmed 2', 'confirmed 3'],
    ...['reversed 2', 'reversed 3', 'confirmed 2'],
  ])
  expect(await stage.latched()).toBeNull()
  expect(await stage.violations()).toEqual([])
})

function mint(token: Address, amount: bigint) {
  const args = [sender.address, amount] as const
  return { to: token, data: encodeFunctionData({ abi: testTokenAbi, functionName: 'mint', args }) }
}

function transfer(
  token: Address,
  { address }: Watched,
  amount: bigint,
): { to: Address; data: Hex } {
  const args = [address, amount] as const
  const data = encodeFunctionData({ abi: testTokenAbi, functionName: 'transfer', args })
  return { to: token, data }
}
