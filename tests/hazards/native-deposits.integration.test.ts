import { splitterAbi } from '@coffer/contracts/splitter'
import { valueFactoryAbi } from '@coffer/contracts/value-factory'
import { storedFacts, type Watched } from '@coffer/deposits/testing/anvil-scan'
import { parseAddress } from '@coffer/evm/address'
import { HOSTILE_CONTRACTS } from '@coffer/simulator/deploy-hostile-contracts'
import type { DepositKind } from '@coffer/simulator/deposit-plan'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import { encodeFunctionData, type Hex, toHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hazardSender } from './hazard-sender.ts'
import { type HazardStage, hazardStage } from './hazard-stage.ts'
import { amountsOf } from './stored-amounts.ts'

let stage: HazardStage
let sender: ReturnType<typeof hazardSender>
beforeAll(async () => {
  stage = await hazardStage()
  sender = hazardSender(stage.chain.client)
})
afterAll(() => stage[Symbol.asyncDispose]())

test('D1: a transaction that fails pays nobody, whatever value it carries', async () => {
  const [payee] = (await stage.begin(1)) as [Watched]
  const setCode = (code: Hex) => stage.chain.client.request('anvil_setCode', [payee.address, code])
  await setCode('0x5f5ffd')
  const failed = await sender.send({ to: payee.address, value: 9n })
  await setCode('0x')
  const paid = await sender.send({ to: payee.address, value: 2n })
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect([failed.status, paid.status]).toEqual(['0x0', '0x1'])
  expect(await stage.finalAmounts()).toEqual([2n])
  expect(await stage.violations()).toEqual([])
})

test('D2: what a call takes back, itself or by its caller, is paid to nobody', async () => {
  const kinds = ['internal-reverted', 'internal-failed', 'internal'] as const
  const { deposits, transactions } = await pay(kinds, 40)
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  const takenBack = transactions.flatMap(({ transfers }) => transfers).length - deposits.length
  expect(takenBack).toBeGreaterThan(20)
  expect(await stage.finalAmounts()).toEqual(amountsOf(deposits))
  expect(await stage.violations()).toEqual([])
})

test('D9: what contracts pay on, through however many calls, is credited', async () => {
  const { deposits } = await pay(['internal', 'batch', 'native'], 40)
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect(deposits.filter(({ position }) => position.startsWith('trace:')).length).toBeGreaterThan(9)
  expect(await stage.finalAmounts()).toEqual(amountsOf(deposits))
  expect(await stage.violations()).toEqual([])
})

test('D10: a SELFDESTRUCT pays, and so does a creation at an address paid before', async () => {
  const watched = await stage.begin(2)
  const [{ owner, address }] = watched as [Watched]
  const salt = toHex(stage.startBlock(), { size: 32 })
  const factory = HOSTILE_CONTRACTS.valueFactory
  const data = (functionName: 'addressOf' | 'create2') =>
    encodeFunctionData({ abi: valueFactoryAbi, functionName, args: [salt] })
  const request = { to: factory, data: data('addressOf') }
  const word = await stage.chain.client.request<Hex>('eth_call', [request, 'latest'])
  const wallet = parseAddress(`0x${word.slice(26)}`)
  await stage.database.watch(stage.chain.contracts.assets[0].chain, owner, [wallet])
  watched.push({ address: wallet, owner })

  await sender.send({ to: wallet, value: 3n })
  await sender.send({ to: factory, value: 4n, data: data('create2') })
  for (const functionName of ['createAndKill', 'createStillborn'] as const) {
    const killed = encodeFunctionData({ abi: valueFactoryAbi, functionName, args: [address] })
    await sender.send({ to: factory, value: 5n, data: killed })
  }
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect(await stage.finalAmounts()).toEqual([3n, 4n, 5n, 5n])
  expect(await stage.violations()).toEqual([])
})

test('D12: coin that also logs its transfers, as EIP-7708 has it, is credited once', async () => {
  const { deposits, transactions } = await pay(['system-log', 'internal', 'native'], 30)
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect(transactions.filter(({ kind }) => kind === 'system-log').length).toBeGreaterThan(5)
  expect(await storedFacts(stage.database, 'rejected')).toEqual([])
  expect(await stage.finalAmounts()).toEqual(amountsOf(deposits))
  expect(await stage.violations()).toEqual([])
})

test('D13: an account that pays by the code it borrows, in a transaction of others, pays', async () => {
  const [payee] = (await stage.begin(1)) as [Watched]
  const [account, relayer] = [generatePrivateKey(), generatePrivateKey()].map((key) =>
    privateKeyToAccount(key),
  ) as [ReturnType<typeof privateKeyToAccount>, ReturnType<typeof privateKeyToAccount>]
  await stage.chain.client.setBalance(account.address, 10n ** 18n)
  await stage.chain.client.setBalance(relayer.address, 10n ** 18n)
  const contractAddress = HOSTILE_CONTRACTS.splitter
  const authorization = await account.signAuthorization({
    contractAddress,
    chainId: 31_337,
    nonce: 0,
  })
  const args = [[payee.address], [6n]] as const
  const raw = await relayer.signTransaction({
    type: 'eip7702',
    chainId: 31_337,
    nonce: 0,
    gas: 500_000n,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 10n ** 9n,
    to: account.address,
    data: encodeFunctionData({ abi: splitterAbi, functionName: 'split', args }),
    authorizationList: [authorization],
  })
  const { status } = await sender.sendRaw(raw)
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect(status).toBe('0x1')
  expect(await stage.finalAmounts()).toEqual([6n])
  expect(await stage.violations()).toEqual([])
})

test('D14: a transaction of a type that is not known of the chain latches it', async () => {
  const [payee] = (await stage.begin(1)) as [Watched]
  await sender.send({ to: payee.address, value: 2n })
  await using scanner = await stage.scanner({ config: { transactionTypes: [0, 1, 2, 3, 4] } })
  await stage.settle(scanner)
  stage.proxy.add({ fault: rpcLies.txType('0x64') })
  await sender.send({ to: payee.address, value: 3n })

  await stage.settle(scanner)

  expect(await stage.latched()).toMatch(/of type 0x64/)
  expect(await stage.finalAmounts()).toEqual([2n])
  expect(await scanner.rescan()).toBe('idle')
})

/** Pays two new owners in blocks of a few transactions each. */
async function pay(kinds: readonly DepositKind[], count: number) {
  const watched = await stage.begin(2)
  const addresses = watched.map(({ address }) => address)
  const blocks = Math.ceil(count / 5)
  return await simulateDeposits({
    rpcUrl: stage.chain.url,
    addresses,
    kinds,
    count,
    blocks,
    seed: 7,
  })
}
