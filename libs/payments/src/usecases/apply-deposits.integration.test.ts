import { randomUUID } from 'node:crypto'
import { depositReference } from '@coffer/events/deposit-reference'
import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { postgresPaymentRooms } from '../adapters/postgres-payment-rooms.ts'
import {
  EXPIRES_AT,
  type PaymentsDatabase,
  paymentsDatabase,
  TOKEN,
} from '../testing/payments-database.ts'
import { applyDeposits, type DepositEvent } from './apply-deposits.ts'
import { cancelOrder, OrderPaidError, OrderUnknownError } from './cancel-order.ts'
import { expirePayments } from './expire-payments.ts'

const IN_TIME = new Date(EXPIRES_AT.getTime() - 60_000)
const TOO_LATE = new Date(EXPIRES_AT.getTime() + 60_000)

let database: PaymentsDatabase
let apply: ReturnType<typeof applyDeposits>
let expire: ReturnType<typeof expirePayments>

beforeEach(async () => {
  database = await paymentsDatabase()
  const rooms = postgresPaymentRooms(database.postgres)
  apply = applyDeposits({ rooms, consumer: 'payments', now: () => new Date() })
  expire = expirePayments({ rooms, now: () => new Date() })
})
afterEach(() => database[Symbol.asyncDispose]())

const statuses = (...ids: string[]) =>
  Promise.all(ids.map(async (id) => (await database.read(id))?.status))

const typesAnnounced = async () => (await database.announced()).map(({ type }) => type)

test('a payment is paid when deposits add up to it, and says so once', async () => {
  const id = await database.payment()
  const [first, second] = [confirmed(id, 60n), confirmed(id, 40n)]

  expect(await apply([first])).toBe(1)
  expect(await database.read(id)).toMatchObject({ status: 'partially_paid', received: 60n })
  expect(await apply([first, second, second])).toBe(1)
  expect(await apply([second])).toBe(0)

  expect(await database.read(id)).toMatchObject({ status: 'paid', received: 100n, successes: 1 })
  expect(await typesAnnounced()).toEqual(['payment.succeeded', 'order.paid'])
})

test('deposits of others are passed over', async () => {
  const id = await database.payment()

  expect(await apply([confirmed(randomUUID(), 100n), confirmed(id, 1n)])).toBe(1)

  expect(await database.read(id)).toMatchObject({ received: 1n })
})

test('L8: two transfers of one transaction to one address count both', async () => {
  const id = await database.payment()
  const first = confirmed(id, 60n)
  const depositId = first.data.depositId.replace('log:0', 'log:1')
  const data = { ...first.data, depositId, position: 'log:1', amount: 40n as Units }

  await apply([first, { ...first, id: depositId, data } as DepositEvent])

  expect(await database.read(id)).toMatchObject({ status: 'paid', received: 100n })
})

test('L12: a reorg takes a payment back, and what is mined again pays it again', async () => {
  const id = await database.payment()
  const deposit = confirmed(id, 120n)
  await apply([deposit])

  await apply([reversed(deposit)])
  expect(await database.read(id)).toMatchObject({ status: 'created', received: 0n, paidAt: null })
  await apply([again(deposit)])

  expect(await database.read(id)).toMatchObject({ status: 'overpaid', successes: 2 })
  expect(await typesAnnounced()).toEqual([
    'payment.succeeded',
    'order.paid',
    'payment.failed',
    'order.cancelled',
    'payment.succeeded',
    'order.paid',
  ])
})

test('news of one deposit that come at once, or in the wrong order, end in the newest', async () => {
  const id = await database.payment()
  const deposit = confirmed(id, 100n)

  expect(await apply([deposit, reversed(deposit), again(deposit)])).toBe(1)
  await apply([reversed(again(deposit))])
  const late = { ...deposit, id: `${deposit.id} told once more` }
  expect(await apply([late])).toBe(0)

  expect(await database.read(id)).toMatchObject({ status: 'created', received: 0n })
})

test('L13: what is not paid in time expires with what came in, and may be paid late', async () => {
  const [unpaid, partly, paid] = [
    await database.payment(),
    await database.payment(),
    await database.payment(),
  ]
  await apply([confirmed(partly, 1n), confirmed(paid, 100n)])

  expect(await expire([unpaid, partly, paid, randomUUID()])).toBe(2)
  expect(await expire([unpaid, partly, paid])).toBe(0)
  await apply([confirmed(unpaid, 100n, TOO_LATE), confirmed(partly, 99n, IN_TIME)])

  expect(await statuses(unpaid, partly, paid)).toEqual(['paid_late', 'paid', 'paid'])
})

test('L7: what comes for an order that another payment has paid is kept apart, and told', async () => {
  const order = await database.order()
  const [first, second] = [await database.payment(order), await database.payment(order)]
  const deposits = [confirmed(first, 100n), confirmed(second, 100n)] as const
  await apply([deposits[0]])

  await apply([deposits[1]])

  expect(await statuses(first, second)).toEqual(['paid', 'duplicate'])
  expect(await typesAnnounced()).toEqual(['payment.succeeded', 'order.paid', 'payment.duplicated'])
})

test('L7: it pays the order after all when a reorg takes the first one back', async () => {
  const order = await database.order()
  // Of those that are paid at once the one with the lesser id pays the order.
  const both = [await database.payment(order), await database.payment(order)]
  const [first, second] = both.toSorted() as [string, string]
  const deposit = confirmed(first, 100n)
  await apply([deposit, confirmed(second, 100n)])
  const payer = (await statuses(first, second)).indexOf('paid')
  expect(payer).toBe(0)

  await apply([reversed(deposit)])
  expect(await statuses(first, second)).toEqual(['created', 'paid'])
  await apply([again(deposit)])

  expect(await statuses(first, second)).toEqual(['duplicate', 'paid'])
  expect(await typesAnnounced()).toEqual([
    ...['payment.succeeded', 'order.paid', 'payment.duplicated'],
    ...['payment.failed', 'order.cancelled', 'payment.succeeded', 'order.paid'],
    'payment.duplicated',
  ])
  const ids = (await database.announced()).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('L7: of payments of one order that are paid at the same time one is applied', async () => {
  const order = await database.order()
  const ids = await Promise.all(Array.from({ length: 6 }, () => database.payment(order)))

  await Promise.all(ids.map((id) => apply([confirmed(id, 100n)])))

  expect((await statuses(...ids)).toSorted()).toEqual([...Array(5).fill('duplicate'), 'paid'])
  expect(await typesAnnounced()).toEqual([
    ...['payment.succeeded', 'order.paid'],
    ...Array(5).fill('payment.duplicated'),
  ])
})

test('L15: an order that was cancelled is paid, and late, by what comes all the same', async () => {
  const id = await database.payment()
  const orderId = (await database.read(id))?.orderId ?? ''
  const cancelledAt = new Date(IN_TIME.getTime() - 60_000)
  const rooms = postgresPaymentRooms(database.postgres)
  const cancel = cancelOrder({ rooms, now: () => cancelledAt })

  await cancel(orderId)
  await cancel(orderId)
  expect(await database.read(id)).toMatchObject({ status: 'failed', refusal: 'cancelled' })
  await apply([confirmed(id, 100n)])

  expect(await statuses(id)).toEqual(['paid_late'])
  expect(await typesAnnounced()).toEqual([
    ...['order.cancelled', 'payment.failed', 'payment.succeeded', 'order.paid'],
  ])
  await expect(cancel(orderId)).rejects.toThrow(OrderPaidError)
  await expect(cancel(randomUUID())).rejects.toThrow(OrderUnknownError)
})

test('L15: what was paid before the order was cancelled, and known after, is in time', async () => {
  const id = await database.payment()
  const orderId = (await database.read(id))?.orderId ?? ''
  const rooms = postgresPaymentRooms(database.postgres)

  await cancelOrder({ rooms, now: () => new Date(IN_TIME.getTime() + 1) })(orderId)
  await apply([confirmed(id, 100n)])

  expect(await statuses(id)).toEqual(['paid'])
})

test('what many apply at the same time is counted once', async () => {
  const id = await database.payment()
  const deposits = Array.from({ length: 10 }, () => confirmed(id, 10n))

  await Promise.all(deposits.flatMap((each) => [apply([each]), apply([each])]))

  expect(await database.read(id)).toMatchObject({ status: 'paid', received: 100n, successes: 1 })
})

function confirmed(owner: string, amount: bigint, paidAt = IN_TIME): DepositEvent {
  const txHash = `0x${randomUUID().replaceAll('-', '').repeat(2)}` as const
  const depositId = `eip155:31337:${txHash}:log:0`
  return {
    id: depositId,
    type: 'deposit.confirmed',
    source: 'test',
    time: paidAt.toISOString(),
    data: {
      depositId,
      revision: 1,
      owner,
      chain: 'eip155:31337' as ChainId,
      asset: TOKEN,
      amount: amount as Units,
      from: `0x${'1'.repeat(40)}`,
      to: `0x${'2'.repeat(40)}`,
      txHash,
      position: 'log:0',
      blockNumber: 7,
      blockHash: `0x${'b'.repeat(64)}`,
      blockTime: paidAt.toISOString(),
    },
  }
}

function again(event: DepositEvent): DepositEvent {
  const data = { ...event.data, revision: event.data.revision + 1 }
  const id = depositReference({ ...data, kind: 'confirmation' })
  return { ...event, id, type: 'deposit.confirmed', data }
}

const reversed = (event: DepositEvent): DepositEvent => ({
  ...event,
  id: depositReference({ ...event.data, kind: 'reversal' }),
  type: 'deposit.reversed',
  data: { ...event.data, reason: 'reorg', suspended: false },
})
