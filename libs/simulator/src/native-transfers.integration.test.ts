/** What docs/decisions/0011-native-transfers.md says of Anvil's tracers, and of what they mean. */
import { contractWalletAbi, contractWalletBytecode } from '@coffer/contracts/contract-wallet'
import { delegatorAbi, delegatorBytecode } from '@coffer/contracts/delegator'
import { gasBurnerBytecode } from '@coffer/contracts/gas-burner'
import { reenteringRecipientBytecode } from '@coffer/contracts/reentering-recipient'
import { splitterAbi } from '@coffer/contracts/splitter'
import { stillbornKillerAbi, stillbornKillerBytecode } from '@coffer/contracts/stillborn-killer'
import { valueFactoryAbi } from '@coffer/contracts/value-factory'
import {
  type Address,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  keccak256,
  toHex,
  zeroAddress,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, expect, test } from 'vitest'
import { awaitReceipts } from './await-receipts.ts'
import { HOSTILE_CONTRACTS } from './deploy-hostile-contracts.ts'
import { a, b, kill, nativeChain, type SentCall, split } from './testing/native-chain.ts'

const chain = await nativeChain()
afterAll(() => chain.stop())
const { client, payer, send, deploy, nextCreated, observe } = chain
const { splitter, killer, valueFactory: factory } = HOSTILE_CONTRACTS
const sha256: Address = '0x0000000000000000000000000000000000000002'

const created = (functionName: 'createAndKill' | 'createStillborn', beneficiary: Address) =>
  encodeFunctionData({ abi: valueFactoryAbi, functionName, args: [beneficiary] })
const wallet = (forwardsTo: Address) =>
  encodeDeployData({
    ...{ abi: contractWalletAbi, bytecode: contractWalletBytecode, args: [forwardsTo] },
  })

const delegator = await deploy(encodeDeployData({ abi: delegatorAbi, bytecode: delegatorBytecode }))
const borrowing = (functionName: 'viaDelegatecall', target: Address, data: Hex) =>
  encodeFunctionData({ abi: delegatorAbi, functionName, args: [target, data] })
const burner = await deploy(gasBurnerBytecode)
const reentering = await deploy(reenteringRecipientBytecode)
const forwarding = await deploy(wallet(b))

const both = split('split', [a, b], [1n, 2n])
const catching = encodeFunctionData({
  abi: splitterAbi,
  functionName: 'splitCatching',
  args: [
    [a, b],
    [1n, 2n],
    [true, false],
  ],
})
const nested = encodeFunctionData({
  ...{ abi: splitterAbi, functionName: 'splitNested', args: [[a], [3n], 2n] },
})
const callcode = encodeFunctionData({
  ...{ abi: delegatorAbi, functionName: 'viaCallcode', args: [splitter, 3n, both] },
})
const inVain = encodeFunctionData({ abi: valueFactoryAbi, functionName: 'createInVain' })

type Case = [what: string, call: SentCall, frames: string[], deposits: string[]]

const cases: Case[] = [
  ["a transaction's own value", { to: a, value: 5n }, ['- CALL 5'], ['value 5 to a']],
  [
    'calls of a contract',
    { to: splitter, value: 3n, data: both },
    ['- CALL 3', '0 CALL 1', '1 CALL 2'],
    ['trace:0 1 to a', 'trace:1 2 to b'],
  ],
  [
    'nested calls',
    { to: splitter, value: 3n, data: nested },
    ['- CALL 3', '0 CALL 3', '0.0 CALL 3', '0.0.0 CALL 3'],
    ['trace:0.0.0 3 to a'],
  ],
  [
    'a reverted call in a transaction that succeeds',
    { to: splitter, value: 3n, data: catching },
    ['- CALL 3', '0 CALL 1 failed', '0.0 CALL 1', '1 CALL 2', '1.0 CALL 2'],
    ['trace:1.0 2 to b'],
  ],
  [
    'a transaction that reverts after it paid',
    { to: splitter, value: 3n, data: split('splitThenRevert', [a], [3n]) },
    ['- CALL 3 failed', '0 CALL 3'],
    [],
  ],
  [
    'a call without coin',
    { to: splitter, data: split('split', [a], [0n]) },
    ['- CALL 0', '0 CALL 0'],
    [],
  ],
  [
    'a call with more coin than there is',
    { to: splitter, data: split('split', [a], [10n ** 30n]) },
    ['- CALL 0 failed', '0 CALL 1000000000000000000000000000000 failed'],
    [],
  ],
  [
    'a DELEGATECALL that pays',
    { to: delegator, value: 3n, data: borrowing('viaDelegatecall', splitter, both) },
    ['- CALL 3', '0 DELEGATECALL 3', '0.0 CALL 1', '0.1 CALL 2'],
    ['trace:0.0 1 to a', 'trace:0.1 2 to b'],
  ],
  [
    'a CALLCODE that pays',
    { to: delegator, value: 3n, data: callcode },
    ['- CALL 3', '0 CALLCODE 3', '0.0 CALL 1', '0.1 CALL 2'],
    ['trace:0.0 1 to a', 'trace:0.1 2 to b'],
  ],
  [
    'a precompile before the payment',
    { to: splitter, value: 1n, data: split('split', [sha256, a], [0n, 1n]) },
    ['- CALL 1', '0 CALL 0', '1 CALL 1'],
    ['trace:1 1 to a'],
  ],
  [
    'a SELFDESTRUCT',
    { to: killer, value: 3n, data: kill('kill', a) },
    ['- CALL 3', '0 SELFDESTRUCT 3'],
    ['trace:0 3 to a'],
  ],
  [
    'a SELFDESTRUCT with nothing to leave',
    { to: killer, data: kill('kill', a) },
    ['- CALL 0', '0 SELFDESTRUCT 0'],
    [],
  ],
  [
    'a SELFDESTRUCT by DELEGATECALL',
    { to: delegator, value: 3n, data: borrowing('viaDelegatecall', killer, kill('kill', a)) },
    ['- CALL 3', '0 DELEGATECALL 3', '0.0 SELFDESTRUCT 3'],
    ['trace:0.0 3 to a'],
  ],
  [
    'a SELFDESTRUCT that is reverted',
    { to: killer, value: 3n, data: kill('killInVain', a) },
    ['- CALL 3', '0 CALL 3 failed', '0.0 CALL 3', '0.0.0 SELFDESTRUCT 3'],
    [],
  ],
  [
    'a contract created and destroyed in one transaction',
    { to: factory, value: 3n, data: created('createAndKill', a) },
    ['- CALL 3', '0 CREATE 3', '1 CALL 0', '1.0 SELFDESTRUCT 3'],
    ['trace:1.0 3 to a'],
  ],
  [
    'a contract destroyed in its constructor',
    { to: factory, value: 3n, data: created('createStillborn', a) },
    ['- CALL 3', '0 CREATE 3', '0.0 SELFDESTRUCT 3'],
    ['trace:0.0 3 to a'],
  ],
  [
    'the same in the first frame',
    {
      value: 3n,
      data: encodeDeployData({
        ...{ abi: stillbornKillerAbi, bytecode: stillbornKillerBytecode, args: [a] },
      }),
    },
    ['- CREATE 3', '0 SELFDESTRUCT 3'],
    ['trace:0 3 to a'],
  ],
  [
    'a creation that is reverted',
    { to: factory, value: 3n, data: inVain },
    ['- CALL 3', '0 CALL 3 failed', '0.0 CREATE 3'],
    [],
  ],
  ['a creation that fails', { value: 3n, data: '0xfe' }, ['- CREATE 3 failed'], []],
  [
    'a wallet that passes coin on',
    { to: forwarding, value: 3n },
    ['- CALL 3', '0 CALL 3'],
    ['trace:0 3 to b'],
  ],
  [
    'a recipient that burns all gas',
    { to: burner, value: 3n, gas: 100_000n },
    ['- CALL 3 failed'],
    [],
  ],
]

test.each(cases)('%s', async (_what, call, frames, deposits) => {
  const { blockNumber } = await send(call)

  const seen = await observe(blockNumber)

  expect(seen).toEqual({
    ...{
      callTracer: frames,
      traceBlock: frames.map((frame) => frame.replace('CREATE2', 'CREATE')),
    },
    ...{ deposits, found: seen.gained, gained: seen.gained },
  })
})

test('a watched contract is paid what it is created with, however it is created', async () => {
  const creating = (functionName: 'create') =>
    encodeFunctionData({ abi: valueFactoryAbi, functionName })
  const create2 = encodeFunctionData({
    ...{ abi: valueFactoryAbi, functionName: 'create2', args: [toHex(7, { size: 32 })] },
  })
  const first = await nextCreated(payer)
  const byTransaction = await send({ value: 3n, data: wallet(zeroAddress) })
  const second = await nextCreated(factory)
  const byCreate = await send({ to: factory, value: 4n, data: creating('create') })
  const third = (await client.request<Hex>('eth_call', [
    {
      to: factory,
      data: encodeFunctionData({
        ...{ abi: valueFactoryAbi, functionName: 'addressOf', args: [toHex(7, { size: 32 })] },
      }),
    },
    'latest',
  ])) as Hex
  const prefunded: Address = `0x${third.slice(26)}`
  const before = await send({ to: prefunded, value: 5n })
  const byCreate2 = await send({ to: factory, value: 6n, data: create2 })

  expect(await observe(byTransaction.blockNumber, [first])).toMatchObject({
    ...{ callTracer: ['- CREATE 3'], deposits: ['value 3 to a'], gained: [3n] },
  })
  expect(await observe(byCreate.blockNumber, [second])).toMatchObject({
    ...{ callTracer: ['- CALL 4', '0 CREATE 4'], deposits: ['trace:0 4 to a'], gained: [4n] },
  })
  expect(await observe(before.blockNumber, [prefunded])).toMatchObject({
    ...{ deposits: ['value 5 to a'], gained: [5n] },
  })
  expect(await observe(byCreate2.blockNumber, [prefunded])).toMatchObject({
    ...{ callTracer: ['- CALL 6', '0 CREATE2 6'], deposits: ['trace:0 6 to a'], gained: [6n] },
  })
})

test('a recipient that calls back is paid twice, and pays once', async () => {
  const data = split('split', [reentering], [8n])
  const { blockNumber } = await send({ to: splitter, value: 8n, data })

  expect(await observe(blockNumber, [reentering])).toMatchObject({
    deposits: ['trace:0 8 to a', 'trace:0.0.0 4 to a'],
    found: [12n],
    gained: [8n],
  })
})

test('an account that delegates by EIP-7702 is called like a contract of its own', async () => {
  const account = privateKeyToAccount(keccak256(toHex('delegating account')))
  const sponsor = privateKeyToAccount(keccak256(toHex('sponsor')))
  const watched = account.address.toLowerCase() as Address
  await client.setBalance(sponsor.address, 10n ** 20n)
  const delegation = { contractAddress: splitter, chainId: 31_337, nonce: 0 }
  const raw = await sponsor.signTransaction({
    ...{ type: 'eip7702', chainId: 31_337, nonce: 0, gas: 500_000n, value: 5n, data: both },
    ...{ maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 1n, to: account.address },
    authorizationList: [await account.signAuthorization(delegation)],
  })
  const hash = await client.request<Hex>('eth_sendRawTransaction', [raw])
  const [receipt] = await awaitReceipts(client, [hash])

  expect(await observe(receipt?.blockNumber ?? '0x0', [watched, b])).toMatchObject({
    callTracer: ['- CALL 5', '0 CALL 1', '1 CALL 2'],
    deposits: ['value 5 to a', 'trace:1 2 to b'],
    gained: [2n, 2n],
  })
})

test('what Anvil does not have it answers as if empty, but for blocks by hash', async () => {
  const tracer = { tracer: 'callTracer' }
  const { hash } = await client.head()
  const unknown = `0x${'ab'.repeat(32)}`
  const ask = (method: string, ...params: unknown[]) => client.request(method, params)

  expect(await ask('trace_block', '0xffff')).toEqual([])
  expect(await ask('debug_traceTransaction', unknown, tracer)).toMatchObject({ structLogs: [] })
  await expect(ask('trace_block', hash)).rejects.toThrow('number too large')
  await expect(ask('debug_traceBlockByNumber', '0xffff', tracer)).rejects.toThrow('not found')
  await expect(ask('debug_traceBlockByHash', unknown, tracer)).rejects.toThrow('not found')
  expect(await ask('debug_traceBlockByHash', hash, tracer)).toHaveLength(1)
})
