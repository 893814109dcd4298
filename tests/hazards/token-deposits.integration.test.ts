import { blockListTokenAbi, blockListTokenBytecode } from '@coffer/contracts/block-list-token'
import { bytes32MetadataAbi, bytes32MetadataBytecode } from '@coffer/contracts/bytes32-metadata'
import { lyingTokenAbi } from '@coffer/contracts/lying-token'
import { rebasingTokenAbi, rebasingTokenBytecode } from '@coffer/contracts/rebasing-token'
import type { ChainScan } from '@coffer/deposits/chain-scan'
import { balanceDifferences } from '@coffer/deposits/schema'
import { storedFacts, type Watched } from '@coffer/deposits/testing/anvil-scan'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { parseAddress } from '@coffer/evm/address'
import { type Asset, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { HOSTILE_CONTRACTS } from '@coffer/simulator/deploy-hostile-contracts'
import type { DepositKind } from '@coffer/simulator/deposit-plan'
import { readBalances } from '@coffer/simulator/read-balances'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { type Address, type EncodeFunctionDataParameters, encodeFunctionData, type Hex } from 'viem'
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

/** Below it a deposit of a test that says so is dust. */
const MINIMUM = 1_000n

test('D3: a token that refuses by returning false has paid nothing', async () => {
  const { deposits, transactions } = await pay(['returns-false', 'erc20'], 20)
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect(transactions.filter(({ kind }) => kind === 'returns-false').length).toBeGreaterThan(3)
  expect(await stage.rejectedAmounts()).toEqual({})
  expect(await stage.finalAmounts()).toEqual(amountsOf(deposits))
  expect(await stage.violations()).toEqual([])
})

test('D4: a token by the name of an accepted one is known by its address and not credited', async () => {
  const { deposits, suspense } = await pay(['spoof', 'erc20'], 20)
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect(suspense.length).toBeGreaterThan(3)
  expect(await stage.rejectedAmounts()).toEqual({ asset_not_accepted: amountsOf(suspense) })
  expect(await stage.finalAmounts()).toEqual(amountsOf(deposits))
  expect(await stage.violations()).toEqual([])
})

test('D6, D22: a token that keeps a part is credited as what arrived, whatever its log says', async () => {
  const { deposits, watched } = await pay(['fee-token'], 20)
  await using scanner = await stage.scanner({ config: { assets: withFeeTokens() } })

  await stage.settle(scanner)

  expect(await stage.finalAmounts()).toEqual(amountsOf(deposits))
  const addresses = watched.map(({ address }) => address)
  const held = await readBalances({ rpcUrl: stage.chain.url, addresses, assets: stage.feeTokens })
  const total = addresses
    .flatMap((address) => stage.feeTokens.map(({ id }) => held[address]?.[id] ?? 0n))
    .reduce((sum, amount) => sum + amount, 0n)
  expect((await stage.finalAmounts()).reduce((sum, amount) => sum + amount, 0n)).toBe(total)
  expect(await stage.violations(deposits, withFeeTokens())).toEqual([])
})

test('D7: nothing is no deposit, and dust is held in suspense and credited to nobody', async () => {
  const { deposits, suspense, transactions } = await pay(['zero', 'dust', 'native', 'erc20'], 40)
  const assets = stage.chain.contracts.assets.map((asset) => ({ ...asset, minimum: MINIMUM }))
  await using scanner = await stage.scanner({ config: { assets } })

  await stage.settle(scanner)

  expect(transactions.filter(({ kind }) => kind === 'zero').length).toBeGreaterThan(3)
  expect(await stage.rejectedAmounts()).toEqual({ below_minimum: amountsOf(suspense) })
  expect(await stage.finalAmounts()).toEqual(amountsOf(deposits))
  expect(await stage.violations(deposits)).toEqual([])
})

test('D16: a token whose balances change by themselves is credited to nobody, whatever it logs', async () => {
  const token = await sender.deploy(rebasingTokenBytecode as Hex)
  const [payee] = (await stage.begin(1)) as [Watched]
  const { address } = payee
  const calls = [
    { abi: rebasingTokenAbi, functionName: 'mint', args: [address, 100n] },
    { abi: rebasingTokenAbi, functionName: 'rebaseLogging', args: [20_000n, [address]] },
  ] as const
  for (const call of calls) await sender.send({ to: token, data: encodeFunctionData(call) })
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect(await stage.rejectedAmounts()).toEqual({ asset_not_accepted: [100n, 100n] })
  expect(await stage.violations()).toEqual([])
})

test('D18: a symbol that is no text is never read, and amounts are whole to the last unit', async () => {
  const token = parseAddress(await sender.deploy(bytes32MetadataBytecode as Hex))
  const [payee] = (await stage.begin(1)) as [Watched]
  const amounts = [1n, 2n ** 255n + 1n]
  for (const amount of amounts) {
    const args = [payee.address, amount] as const
    const mint = { abi: bytes32MetadataAbi, functionName: 'mint', args } as const
    await sender.send({ to: token, data: encodeFunctionData(mint) })
  }
  const { chain } = stage.chain.contracts.assets[0]
  const own = {
    id: erc20AssetId(chain, token),
    chain,
    contract: token,
    symbol: 'B32',
    decimals: 18,
  }
  const assets = [...stage.chain.contracts.assets, own]
  await using scanner = await stage.scanner({ config: { assets } })

  await stage.settle(scanner)

  expect(await stage.finalAmounts()).toEqual(amounts)
  expect(await stage.violations(undefined, assets)).toEqual([])
})

test('D5: an accepted token that begins to log what it does not move is not credited for it', async () => {
  const [payee] = (await stage.begin(1)) as [Watched]
  const { feeToken, spoof } = HOSTILE_CONTRACTS
  const send = (call: EncodeFunctionDataParameters<typeof lyingTokenAbi>) =>
    sender.send({ to: feeToken, data: encodeFunctionData(call) })
  const [from] = (await stage.chain.client.accounts()) as [Address]
  const transfer = (amount: bigint) =>
    send({ abi: lyingTokenAbi, functionName: 'transfer', args: [payee.address, amount] })
  await send({ abi: lyingTokenAbi, functionName: 'mint', args: [from, 1_000n] })
  await transfer(500n)
  const honest = await stage.onChain(withFeeTokens())
  const code = await stage.chain.client.request<Hex>('eth_getCode', [spoof, 'latest'])
  await stage.chain.client.request('anvil_setCode', [feeToken, code])
  await transfer(400n)
  await using scanner = await stage.scanner({ config: { assets: withFeeTokens() } })

  await stage.settle(scanner)

  expect(await stage.rejectedAmounts()).toEqual({ nothing_arrived: [400n] })
  expect(await stage.finalAmounts()).toEqual([450n])
  expect(await stage.violations(honest, withFeeTokens())).toEqual([])
})

test('D19: what an issuer takes from a deposit address is named by the proof of balances', async () => {
  const token = parseAddress(await sender.deploy(blockListTokenBytecode as Hex))
  const [payee] = (await stage.begin(1)) as [Watched]
  const send = (call: EncodeFunctionDataParameters<typeof blockListTokenAbi>) =>
    sender.send({ to: token, data: encodeFunctionData(call) })
  const { address } = payee
  await send({ abi: blockListTokenAbi, functionName: 'mint', args: [address, 9n] })
  const { chain } = stage.chain.contracts.assets[0]
  const id = erc20AssetId(chain, token)
  const own: Asset = { id, chain, contract: token, symbol: 'BLOCK', decimals: 18 }
  const assets = [...stage.chain.contracts.assets, own]
  const config = { assets, balanceProof: { everyBlocks: 1, recheck: 50 } }
  const silent = () => undefined
  const balanceObserver = { proven: silent, differs: silent, skipped: silent }
  await using scanner = await stage.scanner({ config, balanceObserver })
  await stage.settle(scanner)
  await prove(scanner)
  const before = await stage.database.postgres.select().from(balanceDifferences)

  await send({ abi: blockListTokenAbi, functionName: 'setBlocked', args: [address, true] })
  await send({ abi: blockListTokenAbi, functionName: 'destroyBlackFunds', args: [address] })
  await stage.settle(scanner)
  await prove(scanner)

  const differences = await stage.database.postgres.select().from(balanceDifferences)
  expect(before).toEqual([])
  expect(differences).toMatchObject([{ asset: id, base: 9n, found: 0n, closedAt: null }])
  const violated = await stage.violations(undefined, assets)
  expect(violated).toMatchObject([{ invariant: 'I5' }])
})

test('D28: a token that nobody lists is recorded, and credited to nobody', async () => {
  const { deposits, suspense } = await pay(['unlisted', 'native'], 20)
  await using scanner = await stage.scanner()

  await stage.settle(scanner)

  expect(await stage.rejectedAmounts()).toEqual({ asset_not_accepted: amountsOf(suspense) })
  expect(await stage.finalAmounts()).toEqual(amountsOf(deposits))
  expect(await stage.violations()).toEqual([])
})

test('D28: a payment to the right address on another chain is recovered by a rescan of that', async () => {
  const [payee] = (await stage.begin(1)) as [Watched]
  await using other = await startAnvil({ arguments: ['--no-mining', '--chain-id', '31338'] })
  const client = anvilClient(other.url)
  await hazardSender(client).send({ to: payee.address, value: 8n })
  const chain = chainIdOf(31_338)
  const asset: Asset = { ...stage.chain.contracts.assets[0], chain, id: nativeAssetId(chain) }
  const config = { chain, assets: [asset], startBlock: 0n, native: 'transactions' } as const
  await using scanner = await stage.scanner({ url: other.url, config })
  await stage.settle(scanner)
  expect(await stage.database.deposits()).toEqual([])

  await stage.database.watch(chain, payee.owner, [payee.address])
  await stage.database.requestRescan(chain, 0n, 1n)
  while ((await scanner.rescan()) === 'busy');

  expect(await storedFacts(stage.database, 'final')).toEqual([
    expect.stringMatching(new RegExp(`^eip155:31338:.* ${payee.owner} eip155:31338/slip44:60 8$`)),
  ])
})

/** Holds balances on the chain against what was found, as far as it is final. */
async function prove({ proveBalances }: ChainScan): Promise<void> {
  while ((await proveBalances?.()) === 'busy');
}

const withFeeTokens = () => [...stage.chain.contracts.assets, ...stage.feeTokens]

/** Pays two new owners, one transaction in each block. */
async function pay(kinds: readonly DepositKind[], count: number) {
  const watched = await stage.begin(2)
  const { assets } = stage.chain.contracts
  const minimums = Object.fromEntries(assets.map(({ id }) => [id, MINIMUM]))
  const simulation = await simulateDeposits({
    ...{ rpcUrl: stage.chain.url, kinds, count, blocks: count, seed: 3 },
    ...(kinds.includes('dust') ? { minimums } : {}),
    addresses: watched.map(({ address }) => address),
  })
  return { ...simulation, watched }
}
