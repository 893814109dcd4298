import { delegatorAbi, delegatorBytecode } from '@coffer/contracts/delegator'
import { stillbornKillerAbi, stillbornKillerBytecode } from '@coffer/contracts/stillborn-killer'
import { type Address, encodeDeployData, encodeFunctionData, type Hex } from 'viem'
import { afterAll, expect, test } from 'vitest'
import { HOSTILE_CONTRACTS } from './deploy-hostile-contracts.ts'
import { a, kill, nativeChain } from './testing/native-chain.ts'

const chain = await nativeChain()
afterAll(() => chain.stop())
const { client, payer, send, deploy, nextCreated, observe } = chain
const { killer } = HOSTILE_CONTRACTS

/** A contract of hand-written code. */
async function place(address: Address, code: Hex): Promise<Address> {
  await client.request('anvil_setCode', [address, code])
  return address
}

test('a contract that leaves its coin to itself is named a receiver, and gets none', async () => {
  await send({ to: killer, value: 7n })
  const { blockNumber } = await send({ to: killer, value: 3n, data: kill('kill', killer) })

  const [, bequest] = await client.request<{ action: object }[]>('trace_block', [blockNumber])
  expect(bequest).toMatchObject({
    action: { address: payer, refundAddress: killer, balance: '0x3' },
  })
  expect(await observe(blockNumber, [killer])).toEqual({
    callTracer: ['- CALL 3', '0 SELFDESTRUCT 3'],
    traceBlock: ['- CALL 3', '0 SELFDESTRUCT 3'],
    deposits: ['value 3 to a'],
    found: [3n],
    gained: [3n],
  })
})

test('one that does so by the code of another is named nothing', async () => {
  const delegator = await deploy(
    encodeDeployData({ abi: delegatorAbi, bytecode: delegatorBytecode }),
  )
  const data = encodeFunctionData({
    ...{ abi: delegatorAbi, functionName: 'viaDelegatecall' },
    args: [killer, kill('kill', delegator)],
  })

  const { blockNumber } = await send({ to: delegator, value: 3n, data })

  expect(await observe(blockNumber, [delegator])).toMatchObject({
    callTracer: ['- CALL 3', '0 DELEGATECALL 3', '0.0 SELFDESTRUCT 0'],
    traceBlock: ['- CALL 3', '0 DELEGATECALL 3', '0.0 SELFDESTRUCT 0'],
    deposits: ['value 3 to a'],
    gained: [3n],
  })
})

test('one that does so in its constructor burns what it was created with', async () => {
  const self = await nextCreated(payer)
  const data = encodeDeployData({
    ...{ abi: stillbornKillerAbi, bytecode: stillbornKillerBytecode, args: [self] },
  })

  const { blockNumber } = await send({ value: 3n, data })

  expect(await observe(blockNumber, [self])).toMatchObject({
    callTracer: ['- CREATE 3', '0 SELFDESTRUCT 3'],
    traceBlock: ['- CREATE 3', '0 SELFDESTRUCT 3'],
    deposits: ['value 3 to a'],
    gained: [0n],
  })
})

test('a contract that is killed twice leaves everything the first time', async () => {
  const target = killer.slice(2)
  // Calls the killer with the coin and the calldata it was called with, then without the coin.
  const code: Hex = `0x365f5f375f5f365f3473${target}5af1505f5f365f5f73${target}5af100`
  const twice = await place('0x00000000000000000000000000000000000000c1', code)
  await send({ to: killer, value: 1n })
  const stock = BigInt(await client.request<Hex>('eth_getBalance', [killer, 'latest']))

  const { blockNumber } = await send({ to: twice, value: 3n, data: kill('kill', a) })

  const left = stock + 3n
  const frames = ['- CALL 3', '0 CALL 3', `0.0 SELFDESTRUCT ${left}`, '1 CALL 0']
  expect(await observe(blockNumber)).toMatchObject({
    callTracer: [...frames, '1.0 SELFDESTRUCT 0'],
    traceBlock: [...frames, '1.0 SELFDESTRUCT 0'],
    deposits: [`trace:0.0 ${left} to a`],
    gained: [left, 0n],
  })
})

test('one that pays and then leaves the rest to itself seems to pay twice', async () => {
  // Calls a1 with 1, then SELFDESTRUCT to itself.
  const code: Hex = '0x5f5f5f5f600160a15af15030ff'
  const liar = await place('0x00000000000000000000000000000000000000c3', code)

  const { blockNumber } = await send({ to: liar, value: 2n })

  const [, , phantom] = await client.request<{ action: object }[]>('trace_block', [blockNumber])
  expect(phantom).toMatchObject({ action: { address: liar, refundAddress: a, balance: '0x1' } })
  expect(await observe(blockNumber)).toMatchObject({
    callTracer: ['- CALL 2', '0 CALL 1', '1 SELFDESTRUCT 1'],
    traceBlock: ['- CALL 2', '0 CALL 1', '1 SELFDESTRUCT 1'],
    deposits: ['trace:0 1 to a'],
    gained: [1n, 0n],
  })
})

test('one that pays and then leaves as much again does pay twice', async () => {
  // Calls a1 with 1, then SELFDESTRUCT to a1.
  const code: Hex = '0x5f5f5f5f600160a15af15060a1ff'
  const payer = await place('0x00000000000000000000000000000000000000c4', code)

  const { blockNumber } = await send({ to: payer, value: 2n })

  expect(await observe(blockNumber)).toMatchObject({
    callTracer: ['- CALL 2', '0 CALL 1', '1 SELFDESTRUCT 1'],
    deposits: ['trace:0 1 to a', 'trace:1 1 to a'],
    gained: [2n, 0n],
  })
})

test('a call that may change nothing has a place, and no value', async () => {
  // STATICCALL of the precompile 2, then a call of a1 with all the coin it was called with.
  const code: Hex = '0x5f5f5f5f60025afa505f5f5f5f3460a15af100'
  const reading = await place('0x00000000000000000000000000000000000000c2', code)

  const { blockNumber } = await send({ to: reading, value: 3n })

  expect(await observe(blockNumber)).toMatchObject({
    callTracer: ['- CALL 3', '0 STATICCALL 0', '1 CALL 3'],
    traceBlock: ['- CALL 3', '0 STATICCALL 0', '1 CALL 3'],
    deposits: ['trace:1 3 to a'],
    gained: [3n, 0n],
  })
})
