import { type ApiClient, apiClient } from '@coffer/cli/api-client'
import { mineEmptyBlocks } from '@coffer/simulator/mine-empty-blocks'
import type { ProxiedCall } from '@coffer/testkit/rpc-fault'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { openPayer, type Payer, receiptOf } from './payer.ts'

const UINT256_MAX = 2n ** 256n - 1n

let under: CofferUnderTest
let payer: Payer
let api: ApiClient

beforeAll(async () => {
  // Small steps make it take its time to catch up.
  under = await cofferUnderTest({ name: 'identity', users: 1, env: { CHUNK_BLOCKS: '5' } })
  payer = await openPayer(under.node)
  api = apiClient({ api: under.coffer.apiUrl, apiKey: under.coffer.apiKey })
})

// Whatever was done to the chain, the whole must be in order again.
afterEach(async () => {
  await under.settle()
  expect(await under.violations()).toEqual([])
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
})

test('credits every deposit of one transaction, to one user and to two', async () => {
  const [ann, bob] = await twoUsers()

  const { hash } = await payer.payBatch(payer.tusd, [
    { to: ann.address, amount: 5n },
    { to: ann.address, amount: 5n },
    { to: bob.address, amount: 7n },
  ])
  await under.settle()

  expect(await balances(ann.id)).toEqual({ TUSD: 10n })
  expect(await balances(bob.id)).toEqual({ TUSD: 7n })
  expect(await bookings(hash)).toHaveLength(3)
})

test('credits the smallest amount there is and the largest', async () => {
  const [ann, bob] = await twoUsers()
  await payer.fund(payer.ttkn, UINT256_MAX)

  await payer.payNative(ann.address, 1n)
  await payer.payToken(payer.ttkn, bob.address, UINT256_MAX)
  await under.settle()

  expect(await balances(ann.id)).toEqual({ ETH: 1n })
  expect(await balances(bob.id)).toEqual({ TTKN: UINT256_MAX })
})

test('credits nothing of a transaction that failed', async () => {
  const [ann, bob] = await twoUsers()
  // Code that reverts whatever is sent to it.
  await under.node.request('anvil_setCode', [ann.address, '0x5f5ffd'])

  const native = await payer.payNative(ann.address, 10n)
  const token = await payer.payToken(payer.tusd, bob.address, UINT256_MAX)
  await under.settle()

  expect([native.status, token.status]).toEqual(['0x0', '0x0'])
  expect([await balances(ann.id), await balances(bob.id)]).toEqual([{}, {}])
})

test('credits nothing of a token that is not accepted', async () => {
  const [ann] = await twoUsers()
  const unlisted = await payer.deployToken()
  await payer.fund(unlisted, 100n)

  const { status } = await payer.payToken(unlisted, ann.address, 100n)
  await under.settle()

  expect(status).toBe('0x1')
  expect(await balances(ann.id)).toEqual({})
})

test('credits a transaction once on the whole when a reorg moves it to another block', async () => {
  const [ann] = await twoUsers()
  const raw = await payer.signedPayment(ann.address, 1_000n)
  const hash = await payer.sendSigned(raw)
  await under.settle()
  const before = await receiptOf(under.node, hash)

  await under.node.reorg(1)
  await under.settle()
  const meanwhile = await balances(ann.id)
  await mineEmptyBlocks({ rpcUrl: under.coffer.urls.RPC_URLS, blocks: 1 })
  await payer.sendSigned(raw)
  await under.settle()

  const after = await receiptOf(under.node, hash)
  expect(after.blockHash).not.toBe(before.blockHash)
  expect(meanwhile).toEqual({ ETH: 0n })
  expect(await balances(ann.id)).toEqual({ ETH: 1_000n })
  const id = `${under.coffer.chain?.chain}:${hash}:value`
  expect(await bookings(hash)).toEqual([id, `${id}/reversal`, `${id}#2`])
  expect(await depositsOf(ann.id)).toEqual([['credited', 1]])
})

test('credits a transaction once when it is in the block that replaces its own', async () => {
  const [ann, bob] = await twoUsers()
  const raw = await payer.signedPayment(ann.address, 1_000n)
  const filler = await payer.signedPayment(bob.address, 5n)
  const hash = await payer.sendSigned(raw)
  await under.settle()

  await under.node.reorg(1, [
    { transaction: filler, block: 0 },
    { transaction: raw, block: 0 },
  ])
  await under.settle()

  const id = `${under.coffer.chain?.chain}:${hash}:value`
  expect(await bookings(hash)).toEqual([id, `${id}/reversal`, `${id}#2`])
  expect(await balances(ann.id)).toEqual({ ETH: 1_000n })
  expect(await balances(bob.id)).toEqual({ ETH: 5n })
})

test('notices a reorg that happened while the scanner was away', async () => {
  const [ann, bob] = await twoUsers()
  const kept = await payer.signedPayment(ann.address, 300n)
  const lost = await payer.signedPayment(bob.address, 400n)
  await payer.sendSigned(kept)
  await payer.sendSigned(lost)
  await mineEmptyBlocks({ rpcUrl: under.coffer.urls.RPC_URLS, blocks: 1 })
  await under.settle()

  await under.coffer.apps.get('scanner')?.stop()
  await under.node.reorg(3, [{ transaction: kept, block: 2 }])
  await mineEmptyBlocks({ rpcUrl: under.coffer.urls.RPC_URLS, blocks: 2 })
  await under.coffer.startApp('scanner')
  await under.settle()

  expect(await balances(ann.id)).toEqual({ ETH: 300n })
  expect(await balances(bob.id)).toEqual({ ETH: 0n })
  expect(await depositsOf(bob.id)).toEqual([['reversed', 0]])
})

test('credits an address that was handed out while the scanner was busy catching up', async () => {
  await under.coffer.apps.get('scanner')?.stop()
  const from = (await under.node.head()).number
  const upstream = under.coffer.urls.RPC_URLS
  await mineEmptyBlocks({ rpcUrl: upstream, blocks: 100 })
  // However fast it is, it reads the second half after the payment only.
  await using proxy = await startRpcProxy({ upstream })
  const isPaid = Promise.withResolvers<void>()
  const match = ({ params: [height] }: ProxiedCall) =>
    /^0x[0-9a-f]{1,8}$/.test(`${height}`) && BigInt(`${height}`) > from + 50n
  proxy.add({ fault: rpcFaults.before(() => isPaid.promise), match })
  await under.coffer.startApp('scanner', { env: { RPC_URLS: proxy.url } })
  const isCatchingUp = async () => (await checkpoint()) > from
  await waitFor(isCatchingUp, { what: 'the scanner to be at work', intervalMs: 5 })

  const [ann] = await under.addUsers(1)
  await payer.payNative(ann?.address ?? '', 77n)
  const paidAt = await checkpoint()
  isPaid.resolve()
  await under.settle()
  await under.coffer.apps.get('scanner')?.stop()
  await under.coffer.startApp('scanner')

  expect(paidAt).toBeLessThan((await under.node.head()).number)
  expect(await balances(ann?.id ?? '')).toEqual({ ETH: 77n })
})

test('credits an address whose key is elsewhere', async () => {
  const chain = under.coffer.chain?.chain
  const address = `0x${'5'.repeat(40)}`
  const line = JSON.stringify({ owner: 'somebody', address, chain })

  const report = await api<{ imported: number }>('POST', '/v1/addresses/import', line)
  const { id } = await api<{ id: string }>('POST', '/v1/users', { externalId: 'somebody' })
  under.owners.set(address, id)
  await payer.payNative(address, 9n)
  await under.settle()

  expect(report.imported).toBe(1)
  expect(await balances(id)).toEqual({ ETH: 9n })
})

type User = { id: string; address: string }

const twoUsers = async () => (await under.addUsers(2)) as [User, User]

type Item = { symbol: string; available: string }

/** What the API says a user has, by symbol. */
async function balances(user: string): Promise<Record<string, bigint>> {
  const { items } = await api<{ items: Item[] }>('GET', `/v1/users/${user}/balances`)
  return Object.fromEntries(items.map(({ symbol, available }) => [symbol, BigInt(available)]))
}

/** Status and confirmations of a user's deposits, as the API tells them. */
async function depositsOf(user: string): Promise<[string, number][]> {
  const { items } = await api<{ items: { status: string; confirmations: number }[] }>(
    'GET',
    `/v1/deposits?owner=${user}`,
  )
  return items.map(({ status, confirmations }) => [status, confirmations])
}

/** What the ledger has booked for a transaction, in order. */
async function bookings(hash: Hex): Promise<string[]> {
  const rows = await under.postgres.execute<{ reference: string }>(sql`
    select reference from ledger.transactions where reference like ${`%${hash}%`}
    order by recorded_at, id`)
  return rows.map(({ reference }) => reference)
}

async function checkpoint(): Promise<bigint> {
  const [row] = await under.postgres.execute<{ number: string }>(sql`
    select checkpoint_number as number from deposits.chains`)
  return BigInt(row?.number ?? -1)
}
