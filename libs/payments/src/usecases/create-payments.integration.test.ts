import { createHash, randomUUID } from 'node:crypto'
import { parseAddress } from '@coffer/evm/address'
import type { Asset } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { forwarderAddresses } from '@coffer/wallets/forwarder-addresses'
import { hdAddresses } from '@coffer/wallets/hd-addresses'
import {
  type PaymentAddressesOptions,
  postgresPaymentAddresses,
} from '@coffer/wallets/payment-addresses'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { postgresCreationRooms } from '../adapters/postgres-creation-rooms.ts'
import { postgresPaymentReader } from '../adapters/postgres-payment-reader.ts'
import { postgresPaymentRooms } from '../adapters/postgres-payment-rooms.ts'
import type { PaymentRequest } from '../domain/decide-payments.ts'
import { type PaymentsDatabase, paymentsDatabase, TOKEN } from '../testing/payments-database.ts'
import { cancelOrder } from './cancel-order.ts'
import { createPayment } from './create-payment.ts'
import { createPayments } from './create-payments.ts'

const CHAIN = chainIdOf(31337)
const FORWARDERS = parseAddress(`0x${'f'.repeat(40)}`)
const ASSET: Asset = {
  ...{ id: TOKEN, chain: CHAIN, symbol: 'USDC', decimals: 6 },
  contract: `0x${'c'.repeat(40)}`,
}
/** `m/44'/60'/0'` of the mnemonic `test test test test test test test test test test test junk`. */
const XPUB =
  'xpub6Ce9NcJvTk36xtLSrJLZqE7wtgA5deCeYs7rSQtreh4cj6ByPtrg9sD7V2FNFLPnf8heNP3FGkeV9qwfzvZNSd54JoNXVsXFYSYwHsnJxqP'

let database: PaymentsDatabase

beforeEach(async () => {
  database = await paymentsDatabase()
})
afterEach(() => database[Symbol.asyncDispose]())

test('a payment has an address of its own that is watched, an order, and its announcement', async () => {
  const { create } = maker()

  const payment = await create(request({ amount: 1_001n }))

  expect(payment).toMatchObject({ status: 'created', amount: 1_001n, fee: 25n, version: 1 })
  expect(payment.address).toBe(forwarderAddresses(FORWARDERS)(payment.id))
  expect(await watched()).toEqual([
    { owner: payment.id, kind: 'payment', address: payment.address, from: '7', index: null },
  ])
  expect(await reader().find(payment.id)).toMatchObject({ status: 'created', received: 0n })
  expect(await database.announced()).toMatchObject([
    { id: `order:${payment.orderId}:1`, type: 'order.created', data: { description: 'a book' } },
    { id: `payment:${payment.id}:1`, type: 'payment.created', data: { address: payment.address } },
  ])
})

test('a payment is of the tenant that its merchant is of', async () => {
  const { create } = maker()
  const tenant = randomUUID()
  const tenantOf = async (owner: string) => {
    const select = sql`select tenant from wallets.owners where id = ${owner}::uuid`
    return (await database.postgres.execute(select))[0]?.['tenant']
  }

  const before = await create(request())
  await database.postgres.execute(sql`
    insert into wallets.owners (id, kind, tenant)
    values (${database.merchantId}::uuid, 'merchant', ${tenant}::uuid)`)
  const payment = await create(request())

  expect(await tenantOf(before.id)).toBe(null)
  expect(await tenantOf(payment.id)).toBe(tenant)
})

test('many at once share transactions, and each gets its own', async () => {
  const { create, groups } = maker()

  const payments = await Promise.all(Array.from({ length: 100 }, () => create(request())))

  expect(groups).toEqual([100])
  expect(new Set(payments.map(({ address }) => address)).size).toBe(100)
  expect(await database.announced()).toHaveLength(200)
})

test('L16: a key answers the same payment again, and refuses other terms', async () => {
  const { create } = maker()
  const asked = request({ key: 'k-1' })
  const both = await Promise.all([create(asked), create(asked)])
  await cancelOrder({ rooms: postgresPaymentRooms(database.postgres), now })(both[0]?.orderId ?? '')

  const [first, second, third] = [...both, await create(asked)]
  const other = create(request({ key: 'k-1', reference: asked.reference, amount: 7n }))

  expect(second).toEqual(first)
  expect(third).toEqual(first)
  await expect(other).rejects.toThrow(expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED' }))
  expect(await count('payments')).toBe(1)
  // A key is a merchant's: another one's is another.
  const elsewhere = await create({ ...asked, merchantId: await database.merchant() })
  expect(elsewhere.id).not.toBe(first?.id)
})

test('L16: a refusal is answered again under its key', async () => {
  const { create } = maker()
  const order = await create(request({ reference: 'A-1' }))
  const closed = request({ reference: 'A-1', key: 'k-2' })
  await cancel(order.orderId)

  const codes = [await codeOf(create(closed)), await codeOf(create(closed))]

  expect(codes).toEqual(['ORDER_CLOSED', 'ORDER_CLOSED'])
  expect(await count('idempotency_keys')).toBe(2)
})

test('an order gets another payment on the same terms, and none on others', async () => {
  const { create } = maker()
  const first = await create(request({ reference: 'A-1' }))

  const second = await create(request({ reference: 'A-1' }))

  expect(second.orderId).toBe(first.orderId)
  expect(second.address).not.toBe(first.address)
  expect(await codeOf(create(request({ reference: 'A-1', amount: 2n })))).toBe('ORDER_TERMS')
  const types = (await database.announced()).map(({ type }) => type)
  expect(types).toEqual(['order.created', 'payment.created', 'payment.created'])
})

test('what is refused fails none that came with it', async () => {
  const { create } = maker()

  const outcomes = await Promise.allSettled([
    create(request()),
    create(request({ merchantId: randomUUID() })),
    // PostgreSQL stores no such text: what no schema refused fails in the database.
    create(request({ reference: 'a\u0000b' })),
    create(request()),
  ])

  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ])
  expect(await count('payments')).toBe(2)
})

test('processes that make the same order at once make one, and a payment for each', async () => {
  const makers = Array.from({ length: 4 }, () => maker())

  const payments = await Promise.all(
    makers.flatMap(({ create }) => [1, 2, 3].map((n) => create(request({ reference: `A-${n}` })))),
  )

  expect(new Set(payments.map(({ orderId }) => orderId)).size).toBe(3)
  expect(await count('orders')).toBe(3)
  expect(await count('payments')).toBe(12)
})

test('processes that are asked under the same key at once make one payment', async () => {
  const asked = request()

  const payments = await Promise.all(Array.from({ length: 4 }, () => maker().create(asked)))

  expect(new Set(payments.map(({ id }) => id)).size).toBe(1)
  expect(await count('payments')).toBe(1)
})

test('without forwarders addresses are derived, and none that was imported is given', async () => {
  const source = hdAddresses(XPUB)
  const { create } = maker({ forwarders: new Map(), source })
  const imported = source.addressAt(1)
  await database.postgres.execute(sql`
    with owner as (insert into wallets.owners default values returning id)
    insert into wallets.addresses (chain, address, owner, watched_from)
    select ${CHAIN}, decode(${imported.slice(2)}, 'hex'), id, 0 from owner`)

  const payments = await Promise.all([create(request()), create(request())])

  expect(payments.map(({ address }) => address)).toEqual([source.addressAt(0), source.addressAt(2)])
})

test('what is asked for again takes one place of the HD wallet, and not one for each look', async () => {
  const source = hdAddresses(XPUB)
  const { create } = maker({ forwarders: new Map(), source })
  const asked = request()
  const first = await create(asked)
  const place = [...Array(99).keys()].findIndex((each) => source.addressAt(each) === first.address)

  await create(asked)

  expect((await create(request())).address).toBe(source.addressAt(place + 2))
})

test('an asset that is not accepted, or of another channel, is refused before anything', async () => {
  const { create, groups } = maker()
  const native = request({ asset: 'eip155:31337/slip44:60' as typeof TOKEN })
  const inSandbox = request({ channel: 'sandbox' })

  expect([await codeOf(create(native)), await codeOf(create(inSandbox))]).toEqual([
    'PAYMENT_ASSET',
    'PAYMENT_ASSET',
  ])
  expect(groups).toEqual([])
})

test('lists payments newest first, by merchant and status, page by page', async () => {
  const { create } = maker()
  const mine = [await create(request()), await create(request()), await create(request())]
  await create(request({ merchantId: await database.merchant() }))
  await cancel(mine[1]?.orderId ?? '')
  const list = async (filter: object, page: { before?: string; limit: number }) =>
    (await reader().list(filter, { before: undefined, ...page })).map(({ id }) => id)
  const { merchantId } = database

  expect(await list({ merchantId }, { limit: 2 })).toEqual([mine[2]?.id, mine[1]?.id])
  expect(await list({ merchantId }, { before: mine[1]?.id ?? '', limit: 2 })).toEqual([mine[0]?.id])
  expect(await list({ merchantId, status: 'failed' }, { limit: 9 })).toEqual([mine[1]?.id])
})

const now = () => new Date()

/** As one process of the API has it. */
function maker(options: Partial<PaymentAddressesOptions> = {}) {
  const { postgres } = database
  const groups: number[] = []
  const addresses = postgresPaymentAddresses({
    postgres,
    forwarders: new Map([[CHAIN, FORWARDERS]]),
    isVerified: () => true,
    source: undefined,
    scanPosition: async () => 7n,
    ...options,
  })
  const rooms = postgresCreationRooms({ postgres, addresses })
  const makeAll = createPayments({ rooms, addresses, now })
  const create = createPayment({
    createPayments: (requests) => {
      groups.push(requests.length)
      return makeAll(requests)
    },
    addresses,
    assets: [ASSET],
    isTransient: isTransientPostgresError,
  })
  return { create, groups }
}

function request(given: Partial<PaymentRequest> = {}): PaymentRequest {
  const terms = {
    merchantId: database.merchantId,
    reference: randomUUID(),
    asset: TOKEN,
    amount: 100n,
    channel: 'onchain',
    description: 'a book',
    expiresInSeconds: 3_600,
    ...given,
  } as const
  const text = JSON.stringify({ ...terms, amount: `${terms.amount}` })
  const hash = `0x${createHash('sha256').update(text).digest('hex')}` as const
  return { key: randomUUID(), hash, ...terms }
}

const reader = () => postgresPaymentReader(database.postgres)

const cancel = (orderId: string) =>
  cancelOrder({ rooms: postgresPaymentRooms(database.postgres), now })(orderId)

const codeOf = (making: Promise<unknown>) =>
  making.then(
    () => 'made',
    (error: { code: string }) => error.code,
  )

async function count(table: 'payments' | 'orders' | 'idempotency_keys'): Promise<number> {
  const rows = await database.postgres.execute<{ count: number }>(
    sql`select count(*)::int as count from ${sql.identifier('payments')}.${sql.identifier(table)}`,
  )
  return rows[0]?.count ?? 0
}

const watched = () =>
  database.postgres.execute(sql`
    select owner, kind, '0x' || encode(address, 'hex') as address, watched_from as "from",
      derivation_index as index
    from wallets.addresses join wallets.owners on owners.id = addresses.owner`)
