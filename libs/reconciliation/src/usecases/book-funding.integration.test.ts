import { batchPayerAbi } from '@coffer/contracts/batch-payer'
import { testTokenAbi } from '@coffer/contracts/test-token'
import { type Address, parseAddress } from '@coffer/evm/address'
import { txHash } from '@coffer/evm/hash'
import { quantity } from '@coffer/simulator/anvil-client'
import { sql } from 'drizzle-orm'
import { encodeFunctionData } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { postgresFundings } from '../adapters/postgres-fundings.ts'
import { openReconciledChains } from '../open-reconciled-chains.ts'
import { CHAIN, reconciledAnvil, watched } from '../testing/reconciled-anvil.ts'
import {
  type ReconciliationDatabase,
  reconciliationDatabase,
} from '../testing/reconciliation-database.ts'
import { bookFunding, type Funded } from './book-funding.ts'

const HOT = parseAddress(`0x${'a7'.repeat(20)}`)
const COLD = parseAddress(`0x${'c0'.repeat(20)}`)

const chain = await reconciledAnvil()
const { node, assets, payer, sent } = chain
const [tusd, batchPayer] = [
  parseAddress(chain.contracts.tusd),
  parseAddress(chain.contracts.batchPayer),
]
const [ETH, TUSD] = assets

let database: ReconciliationDatabase
beforeAll(async () => {
  database = await reconciliationDatabase()
})
afterEach(async () => {
  await database.postgres.execute(sql`truncate wallets.addresses`)
})
beforeEach(async () => {
  await node.setBalance(HOT, 10n ** 18n)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await chain[Symbol.asyncDispose]()
})

test('coin from outside is capital, once, however often and however many ask', async () => {
  const before = await balances()
  const hash = await sent({ to: HOT, value: 70n })

  const asked = await Promise.all([fund(hash), fund(hash), fund(hash)])
  const again = await fund(hash)

  const position = 'value'
  const reference = `funding:${CHAIN}:${hash}:${position}`
  const facts = { position, reference, asset: ETH.id, from: payer, to: HOT, amount: 70n }
  expect(again.fundings).toEqual([{ ...facts, isNew: false }])
  expect(asked.flatMap(({ fundings }) => fundings.map(({ isNew }) => isNew)).sort()).toEqual([
    false,
    false,
    true,
  ])
  expect(await gained(before)).toEqual({ custody: 70n, capital: -70n })
  const [booked] = await database.postgres.execute(sql`
    select code, event_at as "eventAt" from ledger.transactions where reference = ${reference}`)
  expect(booked).toMatchObject({ code: 'capital.paid_in' })
  expect(new Date(String(booked?.['eventAt']))).toEqual(again.at)
})

test('tokens, and coin that a contract pays, are funding by their own places', async () => {
  const minted = await sent({ to: tusd, data: mint(HOT, 5n) })
  const paid = await sent({ to: batchPayer, value: 30n, data: payNative([COLD, HOT], [10n, 20n]) })

  const tokens = await fund(minted)
  const byDebug = await fund(paid, { traceMethod: 'debug_traceBlockByHash' })
  const byTrace = await fund(paid)

  expect(tokens.fundings).toMatchObject([{ position: 'log:0', asset: TUSD.id, amount: 5n }])
  expect(byDebug.fundings).toMatchObject([
    { position: 'trace:0', from: batchPayer, to: COLD, amount: 10n, isNew: true },
    { position: 'trace:1', from: batchPayer, to: HOT, amount: 20n, isNew: true },
  ])
  expect(byTrace.fundings.map(({ isNew }) => isNew)).toEqual([false, false])
})

test('what was ours before, or is a deposit of somebody, funds nothing', async () => {
  await node.request('anvil_impersonateAccount', [HOT])
  const toCold = await sent({ from: HOT, to: COLD, value: 5n })
  const [user, self] = [await watched(database, payer), HOT]
  const swept = await sent({ to: HOT, value: 5n })
  await database.postgres.execute(sql`delete from wallets.addresses where owner = ${user}`)
  const deposited = await sent({ to: self, value: 5n })
  await watched(database, self)

  await expect(fund(toCold)).rejects.toThrow(/we sent it ourselves/)
  await expect(fund(deposited)).rejects.toThrow(/came from others of ours/)
  await database.postgres.execute(sql`truncate wallets.addresses`)
  await watched(database, payer)
  await expect(fund(swept)).rejects.toThrow(/came from others of ours/)
})

test('what failed, went elsewhere, is not final or not there is refused', async () => {
  const failed = await sent({ to: batchPayer, value: 1n, data: payNative([HOT], [2n]), gas: GAS })
  const elsewhere = await sent({ to: COLD, value: 3n })
  const unaccepted = await sent({ to: tusd, data: mint(HOT, 5n) })
  const fresh = await sent({ to: HOT, value: 3n })

  await expect(fund(failed)).rejects.toThrow(/it failed/)
  await expect(fund(elsewhere, { ownAddresses: [HOT] })).rejects.toThrow(/no accepted asset/)
  await expect(fund(elsewhere, { ownAddresses: [] })).rejects.toThrow(/names no address/)
  await expect(fund(unaccepted, { assets: [ETH] })).rejects.toThrow(/no accepted asset/)
  await expect(fund(fresh, { confirmations: 2 })).rejects.toMatchObject({
    code: 'FUNDING_NOT_FINAL',
  })
  await expect(fund(`0x${'1'.repeat(64)}`)).rejects.toMatchObject({ code: 'FUNDING_UNKNOWN' })
})

const GAS = quantity(200_000n)

const mint = (to: Address, amount: bigint) =>
  encodeFunctionData({ abi: testTokenAbi, functionName: 'mint', args: [to, amount] })

const payNative = (to: Address[], amounts: bigint[]) =>
  encodeFunctionData({ abi: batchPayerAbi, functionName: 'payNative', args: [to, amounts] })

type Config = Parameters<typeof openReconciledChains>[0]['configs'][number]

async function fund(hash: string, change: Partial<Config> = {}): Promise<Funded> {
  const { postgres } = database
  const config = { chain: CHAIN, rpcUrls: [chain.anvil.url], confirmations: 1, assets }
  const more = { traceMethod: 'trace_block' as const, ownAddresses: [HOT, COLD], ...change }
  await using opened = openReconciledChains({ postgres, configs: [{ ...config, ...more }] })
  const book = bookFunding({ chains: opened.chains, fundings: postgresFundings(postgres) })
  return await book({ chain: CHAIN, transaction: txHash(hash) })
}

const balances = async () => ({
  custody: await database.balance('custody', ETH.id),
  capital: await database.balance('capital', ETH.id),
})

async function gained(before: Awaited<ReturnType<typeof balances>>) {
  const now = await balances()
  return { custody: now.custody - before.custody, capital: now.capital - before.capital }
}
