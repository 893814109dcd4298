import { randomUUID } from 'node:crypto'
import type { Address } from '@coffer/evm/address'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { createMetrics } from '@coffer/telemetry/metrics'
import { addresses, owners } from '@coffer/wallets/schema'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { measurePayments } from '../adapters/payment-metrics.ts'
import { postgresDestinations } from '../adapters/postgres-destinations.ts'
import { postgresPaymentReader } from '../adapters/postgres-payment-reader.ts'
import { postgresRefundReader, postgresRefundRooms } from '../adapters/postgres-refunds.ts'
import { refunds } from '../schema.ts'
import { bookedPayments } from '../testing/booked-payments.ts'
import { type PaymentsDatabase, paymentsDatabase } from '../testing/payments-database.ts'
import { applyWithdrawals } from './apply-withdrawals.ts'
import { concludeRefund } from './conclude-refund.ts'
import { type RefundRequest, requestRefund } from './request-refund.ts'
import { requestRefunds } from './request-refunds.ts'

const CHAIN = 'eip155:31337'
const PAYER = `0x${'9'.repeat(40)}` as Address
const now = () => new Date()
const hash = (digits: string) => `0x${digits.repeat(32)}`

type Books = ReturnType<typeof bookedPayments>

let database: PaymentsDatabase
let receive: Books['receive']
let book: Books['book']
let paid: Books['paid']
let balance: Books['balance']
let ask: (request: Partial<RefundRequest> & { paymentId: string }) => Promise<{ id: string }>
let conclude: ReturnType<typeof concludeRefund>

beforeAll(async () => {
  database = await paymentsDatabase([ledgerMigrations])
  const { postgres } = database
  ;({ receive, book, paid, balance } = bookedPayments(database))
  const rooms = postgresRefundRooms(postgres)
  const token = { chain: CHAIN, contract: `0x${'c'.repeat(40)}` } as never
  const request = requestRefund({
    ...{ rooms, now, payments: postgresPaymentReader(postgres) },
    destinations: postgresDestinations(postgres, [token]),
    isTransient: isTransientPostgresError,
  })
  ask = (given) => request({ key: randomUUID(), amount: 100n, to: PAYER, ...given })
  conclude = concludeRefund({ rooms, now })
})
afterAll(() => database[Symbol.asyncDispose]())

const typesOf = async (refundId: string) =>
  (await database.announced()).flatMap(({ type, data }) =>
    'refundId' in data && data.refundId === refundId ? [type] : [],
  )

test('a whole refund is reserved, told of, paid and counted', async () => {
  const paymentId = await paid()

  const { id } = await ask({ paymentId })
  expect(await balance(paymentId, 'refund.payable')).toBe(100n)
  await conclude(id, { status: 'processing', txHash: `0x${'1'.repeat(64)}` })
  expect(await conclude(id, { status: 'succeeded', txHash: `0x${'1'.repeat(64)}` })).toBe(
    'concluded',
  )
  expect(await conclude(id, { status: 'succeeded' })).toBe('known')
  await book()

  expect(await typesOf(id)).toEqual(['refund.requested', 'refund.succeeded'])
  expect(await database.read(paymentId)).toMatchObject({ refunded: 100n, status: 'paid' })
  expect(await balance(paymentId, 'refund.payable')).toBe(0n)
  const told = (await database.announced()).filter(({ type }) => type === 'order.refunded')
  expect(told.at(-1)).toMatchObject({ data: { refunded: 100n, amount: 100n } })
  await expect(ask({ paymentId, amount: 1n })).rejects.toMatchObject({ code: 'REFUND_EXCEEDS' })
})

test('L5: of 100 refunds that are asked for at once as many are granted as it covers', async () => {
  const paymentId = await paid()

  // Who gets no connection in time asks again, under the same key.
  const insist = async (key: string): Promise<{ id: string }> => {
    try {
      return await ask({ paymentId, amount: 7n, key })
    } catch (error) {
      if (isTransientPostgresError(error)) return await insist(key)
      throw error
    }
  }

  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => insist(randomUUID())))

  const granted = outcomes.filter(({ status }) => status === 'fulfilled')
  const reasons = outcomes.flatMap((each) =>
    each.status === 'rejected' ? [each.reason.code ?? each.reason] : [],
  )
  expect(granted).toHaveLength(14)
  expect(new Set(reasons)).toEqual(new Set(['REFUND_EXCEEDS']))
  expect(await balance(paymentId, 'payment.refundable')).toBe(2n)
  expect(await balance(paymentId, 'refund.payable')).toBe(98n)
})

test('what came in beyond what was asked for goes back first, and takes nothing of the merchant', async () => {
  const paymentId = await paid(130n)
  const merchant = database.merchantId
  const before = await balance(merchant, 'merchant.pending')

  await ask({ paymentId, amount: 20n })
  expect(await balance(merchant, 'merchant.pending')).toBe(before)
  expect(await database.read(paymentId)).toMatchObject({ status: 'overpaid', received: 130n })
  const { id } = await ask({ paymentId, amount: 15n })

  expect(await postgresRefundReader(database.postgres).find(id)).toMatchObject({
    amount: 15n,
    excess: 10n,
  })
  expect(await balance(paymentId, 'owner.available')).toBe(0n)
  expect(await database.read(paymentId)).toMatchObject({ status: 'paid' })
})

test('what came in too little goes back, and does not pay the payment later', async () => {
  const paymentId = await paid(60n)

  await ask({ paymentId, amount: 60n })
  await expect(ask({ paymentId, amount: 1n })).rejects.toMatchObject({ code: 'REFUND_EXCEEDS' })
  await receive(paymentId, 40n)

  expect(await database.read(paymentId)).toMatchObject({ status: 'partially_paid', received: 100n })
  await receive(paymentId, 60n)
  await book()
  expect(await database.read(paymentId)).toMatchObject({ status: 'paid', received: 160n })
  expect(await balance(paymentId, 'owner.available')).toBe(0n)
})

test('a refund that fails is free again, and what was not applied may pay after all', async () => {
  const paymentId = await paid(60n)
  const { id } = await ask({ paymentId, amount: 60n })
  await receive(paymentId, 40n)

  await conclude(id, { status: 'failed', reason: 'reverted' })
  await book()

  expect(await database.read(paymentId)).toMatchObject({ status: 'paid', refunded: 0n })
  expect(await balance(paymentId, 'refund.payable')).toBe(0n)
  expect(await balance(paymentId, 'payment.refundable')).toBe(100n)
  await expect(conclude(id, { status: 'succeeded' })).rejects.toMatchObject({
    code: 'REFUND_CONTRADICTED',
  })
})

test('the same request under one key is one refund, and what was refused stays refused', async () => {
  const paymentId = await paid()
  const [key, refusedKey] = [randomUUID(), randomUUID()]

  const [first, second] = await Promise.all([
    ask({ paymentId, key, amount: 60n }),
    ask({ paymentId, key, amount: 60n }),
  ])
  expect(second.id).toBe(first.id)
  await expect(ask({ paymentId, key, amount: 61n })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  })
  const exceeds = { paymentId, key: refusedKey, amount: 50n }
  await expect(ask(exceeds)).rejects.toMatchObject({ code: 'REFUND_EXCEEDS' })
  await conclude(first.id, { status: 'failed', reason: 'reverted' })
  await book()

  await expect(ask(exceeds)).rejects.toMatchObject({ code: 'REFUND_EXCEEDS' })
})

test('a refund of what is not booked may be asked for again', async () => {
  const paymentId = await database.payment()
  await receive(paymentId, 100n)
  const request = { paymentId, key: randomUUID() }

  await expect(ask(request)).rejects.toMatchObject({ code: 'REFUND_TOO_EARLY' })
  await book()

  expect(await ask(request)).toMatchObject({ status: 'requested', amount: 100n, excess: 0n })
})

test('of refunds that are asked for at once each is granted or refused by itself', async () => {
  const [whole, over, early] = [await paid(), await paid(130n), await database.payment()]
  await receive(early, 100n)
  const outcomes = async (...asked: Parameters<typeof ask>[0][]) => {
    const settled = await Promise.allSettled(asked.map(ask))
    return settled.map((each) => {
      return each.status === 'fulfilled' ? refundsOf(each.value) : each.reason.code
    })
  }
  const refundsOf = (refund: object) => ('excess' in refund ? refund.excess : undefined)

  const [ofWhole, ofOver, [ofEarly]] = await Promise.all([
    outcomes({ paymentId: whole, amount: 60n }, { paymentId: whole, amount: 60n }),
    outcomes(
      ...[
        { paymentId: over, amount: 20n },
        { paymentId: over, amount: 20n },
      ],
      ...[
        { paymentId: over, to: undefined as never },
        { paymentId: over, amount: 131n },
      ],
    ),
    outcomes({ paymentId: early }),
  ])

  // Whichever of two comes first.
  expect(new Set(ofWhole)).toEqual(new Set([0n, 'REFUND_EXCEEDS']))
  expect(new Set(ofOver.slice(0, 2))).toEqual(new Set([20n, 10n]))
  expect(ofOver.slice(2)).toEqual(['REFUND_DESTINATION', 'REFUND_EXCEEDS'])
  expect(ofEarly).toBe('REFUND_TOO_EARLY')
  expect(await database.read(over)).toMatchObject({ status: 'paid' })
  expect(await balance(over, 'payment.refundable')).toBe(90n)
  await book()
})

test('refunds of one payment that share a group each see the one before', async () => {
  const paymentId = await paid(130n)
  const { orderId = '' } = (await database.read(paymentId)) ?? {}
  const rooms = postgresRefundRooms(database.postgres)
  const wanted = { paymentId, orderId, amount: 20n, to: PAYER, isPayable: true }
  const key = randomUUID()

  const outcomes = await requestRefunds({ rooms, now })([
    ...[
      { ...wanted, key },
      { ...wanted, key: randomUUID() },
    ],
    ...[
      { ...wanted, key },
      { ...wanted, key, amount: 21n },
    ],
  ])

  expect(outcomes).toMatchObject([{ excess: 20n }, { excess: 10n }, { key }, 'key-reused'])
  expect(outcomes[2]).toMatchObject({ id: (outcomes[0] as { id: string }).id })
})

test('a refund goes to no token and no address of ours, and never to a sender by default', async () => {
  const paymentId = await paid()
  const ours = `0x${'7'.repeat(40)}` as Address
  const [owner] = await database.postgres.insert(owners).values({}).returning()
  await database.postgres
    .insert(addresses)
    .values({ chain: CHAIN, address: ours, owner: owner?.id ?? '', watchedFrom: 0n })

  for (const to of [undefined, ours, `0x${'c'.repeat(40)}` as Address]) {
    await expect(ask({ paymentId, to })).rejects.toMatchObject({ code: 'REFUND_DESTINATION' })
  }
  await expect(ask({ paymentId: randomUUID() })).rejects.toMatchObject({ code: 'PAYMENT_UNKNOWN' })
})

test('payouts conclude the refunds that they pay, and the books agree', async () => {
  const paymentId = await paid()
  const [good, bad] = [await ask({ paymentId, amount: 40n }), await ask({ paymentId, amount: 30n })]
  const told = (type: string, refundId: string | undefined, more: object) =>
    ({ id: randomUUID(), type, data: { refundId, ...more } }) as never
  const completedAt = '2026-11-21T12:00:00.000Z'

  await applyWithdrawals(conclude)([
    told('withdrawal.broadcast', good.id, { txHash: hash('12') }),
    told('withdrawal.completed', undefined, { txHash: hash('13'), completedAt }),
    told('withdrawal.completed', good.id, { txHash: hash('12'), completedAt }),
    told('withdrawal.failed', bad.id, { reason: 'reverted' }),
    told('withdrawal.completed', randomUUID(), { txHash: hash('14'), completedAt }),
  ])
  await book()

  const listed = await postgresRefundReader(database.postgres).listOf(paymentId)
  expect(listed).toMatchObject([
    // It is booked when the chain moved it, and not when somebody told of it.
    { id: good.id, status: 'succeeded', txHash: hash('12'), endedAt: new Date(completedAt) },
    { id: bad.id, status: 'failed', failure: 'reverted' },
  ])
  expect(await balance(paymentId, 'payment.refundable')).toBe(60n)
  expect(await checkLedger(database.postgres)).toEqual([])
})

test('how long the first refund waits is measured, until all have ended', async () => {
  const metrics = createMetrics('test')
  measurePayments(metrics, database.postgres)
  const waits = async () =>
    /^coffer_refunds_waiting_seconds\S* (\d+)/m.exec(await metrics.metrics())?.[1]
  await database.postgres.update(refunds).set({ status: 'failed', endedAt: now() })
  expect(await waits()).toBe('0')

  const { id } = await ask({ paymentId: await paid() })
  const createdAt = new Date(Date.now() - 3_600_000)
  await database.postgres.update(refunds).set({ createdAt }).where(eq(refunds.id, id))

  expect(Number(await waits())).toBeGreaterThanOrEqual(3_600)
})
