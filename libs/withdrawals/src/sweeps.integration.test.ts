import { randomUUID } from 'node:crypto'
import type { Address } from '@coffer/evm/address'
import { type AssetId, erc20AssetId } from '@coffer/money/asset'
import { deriveKey } from '@coffer/signing/derive-keys'
import type { SignedEntry } from '@coffer/signing/ports'
import { memoryJournal, testSigner } from '@coffer/signing/testing/test-signer'
import { deployForwarders } from '@coffer/simulator/deploy-forwarders'
import { sendMined } from '@coffer/simulator/send-mined'
import { addresses, owners } from '@coffer/wallets/schema'
import { sql } from 'drizzle-orm'
import { encodeFunctionData, parseAbi } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { derivedSigner } from './adapters/derived-signer.ts'
import { postgresSweepRooms, postgresSweeps } from './adapters/postgres-sweeps.ts'
import type { SweepSettings } from './domain/sweep-settings.ts'
import type { Signer } from './ports.ts'
import { forwarderOf } from './sweep-jobs.ts'
import type { Sweeps } from './sweep-ports.ts'
import { CHAIN, CONFIRMATIONS, ETH, type PayoutStage, payoutStage } from './testing/payout-stage.ts'
import { planSweeps } from './usecases/plan-sweeps.ts'

/** Goal: what comes to our addresses gets to the hot wallet, at a cost that is worth it. */

const MNEMONIC = 'test test test test test test test test test test test junk'
const HOT_KEY = `0x${'7'.repeat(64)}` as const
const COLD = `0x${'c0'.repeat(20)}` as Address
const ether = 10n ** 18n
const PLENTY = (10n ** 30n).toString()

let stage: PayoutStage
let sweeps: Sweeps
let forwarders: Address
let tusd: AssetId
let signer: Signer
let signed: SignedEntry[]

beforeAll(async () => {
  stage = await payoutStage()
  const { database, contracts, client, hot } = stage
  sweeps = postgresSweeps(database.postgres)
  forwarders = (await deployForwarders(client, hot)) as Address
  tusd = erc20AssetId(CHAIN, contracts.tusd)
  signed = []
  const inner = testSigner({
    privateKey: HOT_KEY,
    xprv: deriveKey(MNEMONIC, "m/44'/60'/1'/0").xprv,
    journal: memoryJournal(signed),
    policy: (hotWallet) => ({
      chains: [
        {
          ...{ chain: CHAIN, hotWallet, coldAddresses: [COLD], forwarders: [forwarders] },
          assets: [ETH, tusd].map((asset) => ({ asset, payoutMax: '0', windowMax: '0' })),
          ...{ gasMax: '30000000', feeMax: PLENTY, feeWindowMax: PLENTY },
          ...{ topUpMax: PLENTY, topUpWindowMax: PLENTY },
        },
      ],
      signaturesPerMinuteMax: 10_000,
    }),
  })
  signer = derivedSigner(inner, database.postgres)
})
afterAll(() => stage[Symbol.asyncDispose]())

beforeEach(async () => {
  signed.length = 0
  await stage.client.setBalance(stage.hot, 1_000n * ether)
  await stage.database.postgres.execute(sql`delete from withdrawals.sweep_sources`)
})

test('forwarders are flushed many at once, of coin and tokens, and only gas is booked', async () => {
  const { database, chain, hot, contracts } = stage
  const before = await chain.tokenBalance(contracts.tusd as Address, hot)
  const gasBefore = await database.system('gas', ETH)
  const paid = await Promise.all([1, 2, 3].map(() => forwarder()))
  for (const [place, address] of paid.entries()) {
    await stage.client.setBalance(address, ether)
    if (place > 0) await mint(address, 500n)
    await came(address, ETH, tusd)
  }

  await sweepAll()

  expect(signed.map(({ purpose }) => purpose)).toEqual(['sweep'])
  const gas = (await database.system('gas', ETH)) - gasBefore
  expect(gas).toBeGreaterThan(0n)
  expect(await stage.balance(hot)).toBe(1_003n * ether - gas)
  expect((await chain.tokenBalance(contracts.tusd as Address, hot)) - before).toBe(1_000n)
  expect(await database.system('custody', ETH)).toBe(-(await database.system('gas', ETH)))
  expect(await database.system('custody', tusd)).toBe(0n)
  expect(await database.violations()).toEqual([])
  expect(await left()).toBe(0)
})

test('what comes while a sweep is under way is swept by the next one', async () => {
  const address = await forwarder()
  await stage.client.setBalance(address, ether)
  await came(address, ETH)
  await plan()
  await advance()
  await stage.client.setBalance(address, 2n * ether)
  await came(address, ETH)

  await sweepAll()

  expect(await stage.balance(address)).toBe(0n)
  expect(signed).toHaveLength(2)
})

test('addresses of the HD wallet get gas, give their tokens, and then their coin', async () => {
  const { client, contracts, chain } = stage
  const rich = await derived(11)
  const poor = await derived(12)
  await client.setBalance(rich, ether)
  await mint(rich, 700n)
  await mint(poor, 800n)
  await came(rich, ETH, tusd)
  await came(poor, tusd)

  await sweepAll()

  const purposes = signed.map(({ purpose, from }) => `${purpose} by ${nameOf(from)}`)
  expect(purposes.sort()).toEqual([
    'sweep by HD wallet',
    'sweep by HD wallet',
    'sweep by HD wallet',
    'top-up by hot wallet',
  ])
  for (const address of [rich, poor]) {
    expect(await chain.tokenBalance(contracts.tusd as Address, address)).toBe(0n)
    expect(await stage.balance(address)).toBeLessThan(ether / 100n)
  }
  expect(await stage.database.violations()).toEqual([])
})

test('W16: a thousand addresses with dust cost nothing', async () => {
  const { client } = stage
  const rows = Array.from({ length: 1_000 }, () => ({ id: randomUUID(), kind: 'payment' as const }))
  const { postgres } = stage.database
  await postgres.insert(owners).values(rows)
  const dusty = rows.map(({ id: owner }) => ({ owner, address: addressOf(owner) }))
  await register(dusty.map((each) => ({ ...each, derivationIndex: null })))
  await client.batch(
    dusty.map(({ address }) => ({ method: 'anvil_setBalance', params: [address, '0x3e8'] })),
  )
  await sweeps.note(
    dusty.map(({ address }) => ({ chain: CHAIN, address, asset: ETH })),
    new Date(),
  )

  for (let round = 0; round < 2; round += 1) await plan({ batchMax: 250 })

  expect(signed).toEqual([])
  expect(await underWay()).toEqual([])
  expect(await left()).toBe(1_000)
})

test('W16: dust of a token is left, and a token that nobody valued', async () => {
  const address = await derived(13)
  await mint(address, 99n)
  await mint(address, 10n ** 20n, stage.contracts.ttkn)
  await came(address, tusd, erc20AssetId(CHAIN, stage.contracts.ttkn))

  await plan()

  expect(await underWay()).toEqual([])
  expect(await left()).toBe(2)
})

test('an address gets gas once, however often it is looked at until that has come', async () => {
  const address = await derived(14)
  await mint(address, 500n)
  await came(address, tusd)

  await plan()
  await plan()

  expect(await underWay()).toHaveLength(1)
  await sweepAll()
  expect(signed.map(({ purpose }) => purpose)).toEqual(['top-up', 'sweep'])
})

test('W16: sweeps of a day cost no more than they may', async () => {
  const [one, other] = [await forwarder(), await forwarder()]
  await stage.client.setBalance(one, ether)
  await came(one, ETH)
  await stage.database.postgres.execute(
    sql`update withdrawals.transactions set created_at = now() - interval '2 days'`,
  )
  await plan()
  const [only] = await underWay()
  const open = await stage.payouts.open(only?.id ?? '')
  const budget = (open?.gas ?? 0n) * (open?.maxFeePerGas ?? 0n)
  await stage.client.setBalance(other, ether)
  await came(other, ETH)

  await sweepAll({ budget: budget + budget / 10n })

  expect(signed).toHaveLength(1)
  expect(await stage.balance(other)).toBe(ether)
  await sweepAll()
  expect(await stage.balance(other)).toBe(0n)
})

test('what the hot wallet has too much of goes to the cold address, once', async () => {
  await sweepAll({ cold: COLD, keep: new Map([[ETH, 900n * ether]]) })

  expect(signed.map(({ purpose }) => purpose)).toEqual(['cold'])
  expect(await stage.balance(COLD)).toBe(100n * ether)
  expect(await stage.balance(stage.hot)).toBeLessThan(900n * ether)
})

test('an address that was imported, whose key is not ours, is left alone', async () => {
  const address = `0x${'1d'.repeat(20)}` as Address
  await register([{ owner: await owner('user'), address, derivationIndex: null }])
  await stage.client.setBalance(address, ether)
  await came(address, ETH)

  await plan()

  expect([signed.length, await left()]).toEqual([0, 0])
})

const settings = (): SweepSettings => ({
  ...{ chain: CHAIN, hotWallet: stage.hot, forwarders, budget: 10n ** 20n, batchMax: 50 },
  ...{ minimums: new Map([[tusd, 100n]]), isDerivedSwept: true },
  ...{ gasMax: 20_000_000n, fees: stage.settings.fees, cold: undefined, keep: new Map() },
})

const underWay = () => stage.payouts.due(new Date(Date.now() + 3_600_000), 9)

const plan = (change: Partial<SweepSettings> = {}) =>
  planSweeps({
    rooms: postgresSweepRooms(stage.database.postgres),
    ...{ sweeps, payouts: stage.payouts, client: stage.chain },
    settings: { ...settings(), ...change },
    forwarderOf: forwarderOf(forwarders),
    ...{ onIntended: () => undefined, newId: randomUUID, now: () => new Date() },
  })()

const advance = () => stage.advance({ signer })

/** Plans and sends until nothing is under way and nothing more is planned. */
async function sweepAll(change: Partial<SweepSettings> = {}): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    // What came of a sweep is looked at a while later.
    await stage.database.postgres.execute(sql`
      update withdrawals.sweep_sources set due_at = now()
      where due_at < now() + interval '30 minutes'`)
    const before = await underWay()
    if ((await plan(change)) === 'idle' && before.length === 0) return
    await advance()
    await stage.client.mine(CONFIRMATIONS)
    await advance()
  }
  throw new Error('Sweeps are still under way after 20 rounds.')
}

const came = (address: Address, ...assets: AssetId[]): Promise<void> => {
  const arrivals = assets.map((asset) => ({ chain: CHAIN, address, asset }))
  return sweeps.note(arrivals, new Date())
}

const left = async () =>
  (await stage.database.postgres.execute(sql`select 1 from withdrawals.sweep_sources`)).length

async function owner(kind: 'user' | 'payment'): Promise<string> {
  const { postgres } = stage.database
  const [made] = await postgres.insert(owners).values({ kind }).returning({ id: owners.id })
  return made?.id ?? ''
}

type Known = { owner: string; address: Address; derivationIndex: number | null }

async function register(known: readonly Known[]): Promise<void> {
  const rows = known.map((each) => ({ ...each, chain: CHAIN, watchedFrom: 0n }))
  await stage.database.postgres.insert(addresses).values(rows)
}

const addressOf = (id: string) => forwarderOf(forwarders)(id)?.address ?? stage.hot

async function forwarder(): Promise<Address> {
  const id = await owner('payment')
  await register([{ owner: id, address: addressOf(id), derivationIndex: null }])
  return addressOf(id)
}

async function derived(index: number): Promise<Address> {
  const { address } = deriveKey(MNEMONIC, `m/44'/60'/1'/0/${index}`)
  await register([{ owner: await owner('user'), address, derivationIndex: index }])
  return address
}

const nameOf = (from: Address) => (from === stage.hot ? 'hot wallet' : 'HD wallet')

async function mint(to: Address, amount: bigint, token = stage.contracts.tusd): Promise<void> {
  const [from] = await stage.client.accounts()
  const abi = parseAbi(['function mint(address to, uint256 amount)'])
  const data = encodeFunctionData({ abi, functionName: 'mint', args: [to, amount] })
  await sendMined(stage.client, { from, to: token, data })
}
