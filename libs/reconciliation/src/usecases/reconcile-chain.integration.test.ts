import { randomUUID } from 'node:crypto'
import { type Address, parseAddress } from '@coffer/evm/address'
import { postTransactions } from '@coffer/ledger/post-transactions'
import type { AssetId } from '@coffer/money/asset'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { postgresDifferences } from '../adapters/postgres-differences.ts'
import { CHAIN, reconciledAnvil, watched } from '../testing/reconciled-anvil.ts'
import {
  type ReconciliationDatabase,
  reconciliationDatabase,
} from '../testing/reconciliation-database.ts'

const chain = await reconciledAnvil()
const { node, assets } = chain
const [ETH] = assets

let database: ReconciliationDatabase
let empty: string

beforeEach(async () => {
  empty = await node.snapshot()
  database = await reconciliationDatabase()
  database.setNow(new Date())
})
afterEach(async () => {
  await node.revert(empty)
  await database[Symbol.asyncDispose]()
})
afterAll(() => chain[Symbol.asyncDispose]())

test('custody is what our addresses hold, though they are read by the page', async () => {
  for (let count = 1; count <= 5; count += 1) await credited(await paid(BigInt(count)))

  const { counts, progress } = await run({ isWhole: true })

  expect([counts, progress]).toMatchObject([{ checked: 5 + 5 + 3 }, { sums: { [ETH.id]: '15' } }])
  expect(await open()).toEqual([])
  expect(await database.balance('custody', ETH.id)).toBe(15n)
})

test('what was stolen, and what nobody booked, is named with both amounts', async () => {
  const [stolen, fed] = [await paid(100n), await paid(50n)]
  await credited(stolen)
  await credited(fed)
  await node.setBalance(stolen.address, 60n)
  await node.mine(2)
  await run()
  const short = await differences()

  await node.setBalance(stolen.address, 100n)
  await node.setBalance(fed.address, 57n)
  await node.mine(2)
  await run()

  const amounts = (ours: bigint, theirs: bigint) => ({
    ours: { asset: ETH.id, amount: ours },
    theirs: { asset: ETH.id, amount: theirs },
  })
  expect(short).toMatchObject([{ kind: 'custody_short', place: CHAIN, ...amounts(150n, 110n) }])
  expect(await differences()).toMatchObject([
    { kind: 'custody_surplus', isSuspended: true, ...amounts(150n, 157n) },
    { kind: 'custody_short', status: 'explained', isSuspended: false },
  ])
  expect(await database.balance('suspense', ETH.id)).toBe(-7n)
})

test('a surplus stays the same one while both sides move on, until it is booked', async () => {
  const missed = await paid(30n)
  await run()
  await credited(await paid(5n))
  await run()
  const still = await open()

  await credited(missed)
  await run()

  expect(still).toEqual([`custody_surplus: custody of ${ETH.id}`])
  expect(await open()).toEqual([])
  expect(await database.balance('suspense', ETH.id)).toBe(0n)
  expect(await database.balance('custody', ETH.id)).toBe(35n)
})

test('a credit that the chain does not have is named once, and not as missing coin', async () => {
  const deposit = await paid(40n)
  await credited(deposit)
  const made = { ...deposit, txHash: `0x${'12'.repeat(32)}`, amount: 9n }
  await credited(made)

  await run()

  expect(await open()).toEqual([`credit_without_transfer: ${CHAIN}:${made.txHash}:value`])
})

test('credits that were doubled, altered or given to another are named', async () => {
  const [doubled, altered, swapped] = [await paid(10n), await paid(20n), await paid(30n)]
  await credited(doubled)
  await credited(doubled, '#2')
  await credited(altered)
  await credited({ ...swapped, owner: randomUUID() })
  await alter(`${CHAIN}:${altered.txHash}:value`)

  await run()
  await run({ isWhole: true })

  expect((await open()).filter((name) => name.startsWith('credit'))).toEqual(
    [
      `credit_differs: ${CHAIN}:${altered.txHash}:value`,
      `credit_differs: ${CHAIN}:${swapped.txHash}:value`,
      `credit_doubled: ${CHAIN}:${doubled.txHash}:value#2`,
    ].sort(),
  )
})

test.each([{ isWhole: true }, { isWhole: false }])(
  'a credit of a later block hides none that was booked behind it, %o',
  async ({ isWhole }) => {
    const early = await paid(10n)
    await credited({ ...early, at: new Date(early.at.getTime() + 3_600_000) })
    await credited(await paid(20n))
    const made = { ...(await paid(40n)), txHash: `0x${'12'.repeat(32)}`, amount: 9n }
    await credited(made)

    await run({ isWhole })
    const [place] = await database.postgres.execute(sql`select from reconciliation.credit_places`)

    expect((await open()).filter((name) => name.startsWith('credit'))).toEqual([
      `credit_without_transfer: ${CHAIN}:${made.txHash}:value`,
    ])
    // The next run begins at what this one had to leave out.
    expect(place).toBeUndefined()
  },
)

test('what is on its way into our books is waited for', async () => {
  const deposit = await paid(30n)
  const waiting = await run({ settleMs: 60_000 })
  const before = await open()

  await credited(deposit)
  database.setNow(new Date(Date.now() + 5_000))
  const done = await chain.proceed(database, waiting.id, 60_000)

  expect([waiting.status, before]).toEqual(['running', []])
  expect([done?.status, await open()]).toEqual(['done', []])
})

test('what we owe beyond what our addresses hold is named', async () => {
  const { owner, ...deposit } = await paid(100n)
  await credited({ owner, ...deposit })
  await booked({ reference: 'gift', code: 'test' }, { owner, code: 'fees', amount: 5n })

  await run()

  expect(await open()).toEqual([`owed_uncovered: owed of ${ETH.id}`])
})

type Paid = { address: Address; owner: string; txHash: string; amount: bigint; at: Date }

/** Pays coin to a new watched address; the block after it is mined, too. */
async function paid(amount: bigint): Promise<Paid> {
  const address = parseAddress(`0x${randomUUID().replaceAll('-', '')}00000000`)
  const owner = await watched(database, address)
  const txHash = await chain.sent({ to: address, value: amount })
  const block = await node.request<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false])
  await node.mine(2)
  return { address, owner, txHash, amount, at: new Date(Number(block.timestamp) * 1_000) }
}

/** Books a deposit as the account service does. */
async function credited({ owner, txHash, amount, at }: Paid, revision = ''): Promise<void> {
  const reference = `${CHAIN}:${txHash}:value${revision}`
  const named = { reference, code: 'deposit.credit', eventAt: at }
  await booked(named, { owner, code: 'custody', amount })
}

type Named = { reference: string; code: string; eventAt?: Date }
type Credited = { owner: string; code: 'custody' | 'fees'; amount: bigint }

/** Debits an account of the system for what is credited to an owner. */
async function booked(named: Named, { owner, code, amount }: Credited): Promise<void> {
  const asset: AssetId = ETH.id
  const entries = [
    { account: { owner: 'system', code, asset }, amount },
    { account: { owner, code: 'owner.available' as const, asset }, amount: -amount },
  ]
  const draft = { eventAt: new Date(), ...named, owner, entries }
  await database.postgres.transaction((tx) => postTransactions(tx, [draft]))
}

/** Doubles what a transaction booked, as nobody may who is not a superuser. */
async function alter(reference: string): Promise<void> {
  await database.postgres.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql`
      update ledger.entries set amount = 2 * amount where transaction_id = (
        select id from ledger.transactions where reference = ${reference})`)
  })
}

const run = (options?: Parameters<typeof chain.run>[1]) => chain.run(database, options)

const differences = () =>
  postgresDifferences(database.postgres).list({}, { before: undefined, limit: 100 })

const open = () => database.open()
