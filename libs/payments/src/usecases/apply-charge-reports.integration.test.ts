import { randomUUID } from 'node:crypto'
import { bookPayments, isPaymentEvent } from '@coffer/ledger/book-payments'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import { currencyAssetId } from '@coffer/money/asset'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresChargeRooms } from '../adapters/postgres-charges.ts'
import type { ChargeReport } from '../domain/charge.ts'
import { charges } from '../schema.ts'
import { bookedPayments } from '../testing/booked-payments.ts'
import { type PaymentsDatabase, paymentsDatabase } from '../testing/payments-database.ts'
import { applyChargeReports } from './apply-charge-reports.ts'

const USD = currencyAssetId('USD')

let database: PaymentsDatabase
beforeAll(async () => {
  database = await paymentsDatabase([ledgerMigrations])
})
afterAll(() => database[Symbol.asyncDispose]())

type Status = ChargeReport['status']

const told = (reference: string, status: Status): ChargeReport => {
  return { reference, channelId: `ch_${reference}`, asset: USD, amount: 100n, status }
}
const chargeOf = async (id: string) =>
  (await database.postgres.select().from(charges).where(eq(charges.paymentId, id)))[0]
const eventsOf = async (id: string) =>
  (await database.announced()).flatMap(({ type, data }) =>
    'paymentId' in data && data.paymentId === id && type.startsWith('payment.') ? [type] : [],
  )

test('what is told of many charges at once is announced as if each had come alone', async () => {
  const [one, other] = [await database.cardPayment('card'), await database.cardPayment('card')]
  const rooms = postgresChargeRooms(database.postgres)
  const apply = applyChargeReports({ rooms, now: () => new Date(), againMs: 1 })

  const outcomes = await apply([
    ...[told(one, 'pending'), told(one, 'succeeded'), told(other, 'declined')],
    ...[told(randomUUID(), 'succeeded'), told(one, 'charged_back'), told(one, 'succeeded')],
    { ...told(other, 'succeeded'), asset: currencyAssetId('EUR') },
  ])

  const [applied, known, unknown] = ['applied', 'known', 'unknown']
  expect(outcomes).toEqual([applied, applied, applied, unknown, applied, known, unknown])
  expect(await eventsOf(one)).toEqual(['payment.succeeded', 'payment.failed'])
  expect(await eventsOf(other)).toEqual(['payment.failed'])
  expect(await chargeOf(one)).toMatchObject({ status: 'charged_back', lookAt: null })
  expect(await chargeOf(other)).toMatchObject({ status: 'declined', channelId: `ch_${other}` })
})

test('of two charges for an order each is booked, and the other counts once one is taken back', async () => {
  const first = await database.cardPayment('card')
  const second = await database.cardPayment('card', first)
  const rooms = postgresChargeRooms(database.postgres)
  const apply = applyChargeReports({ rooms, now: () => new Date(), againMs: 1 })
  const { book, balance } = bookedPayments(database)
  const owedByChannel = async () => -(await balance('system', 'channel.receivable'))
  /** What came in for a payment and is not applied. */
  const lyingWith = async (payment: string) =>
    (await balance(payment, 'owner.available')) + (await balance(payment, 'owner.receivable'))
  const before = await owedByChannel()

  await apply([told(first, 'succeeded'), told(second, 'succeeded')])
  await book()
  expect([await lyingWith(first), await lyingWith(second)]).toEqual([0n, 100n])
  expect((await owedByChannel()) - before).toBe(200n)

  await apply([told(first, 'charged_back')])
  await book()
  expect([await lyingWith(first), await lyingWith(second)]).toEqual([0n, 0n])
  expect(await eventsOf(second)).toEqual(['payment.duplicated', 'payment.succeeded'])

  await apply([told(second, 'charged_back')])
  await book()
  expect([await lyingWith(first), await lyingWith(second)]).toEqual([0n, 0n])
  expect((await owedByChannel()) - before).toBe(0n)
})

test('a second charge for an order that is taken back is told of as lost', async () => {
  const first = await database.cardPayment('card')
  const second = await database.cardPayment('card', first)
  const rooms = postgresChargeRooms(database.postgres)
  const apply = applyChargeReports({ rooms, now: () => new Date(), againMs: 1 })

  await apply([told(first, 'succeeded')])
  await apply([told(second, 'succeeded'), told(second, 'charged_back')])

  expect(await eventsOf(first)).toEqual(['payment.succeeded'])
  expect(await eventsOf(second)).toEqual(['payment.duplicated', 'payment.failed'])
})

/** Whatever can be told of a charge in `length` reports, in whatever order. */
const storiesOf = (length: number): Status[][] =>
  length === 0
    ? [[]]
    : storiesOf(length - 1).flatMap((story) =>
        (['pending', 'declined', 'succeeded', 'charged_back'] as const).map((status) => [
          ...story,
          status,
        ]),
      )

/** What must be announced of a charge once `story` was told of it. */
function announcedOf(story: readonly Status[]): string[] {
  const isCharged = (status: Status) => status === 'succeeded' || status === 'charged_back'
  const isRefused = story.find((status) => status !== 'pending') === 'declined'
  return [
    ...(isRefused ? ['payment.failed'] : []),
    ...(story.some(isCharged) ? ['payment.succeeded'] : []),
    ...(story.includes('charged_back') ? ['payment.failed'] : []),
  ]
}

test.each([
  ['at once', true],
  ['one after the other', false],
])('what is told of a charge %s, in whatever order, is booked as it was', async (_, isAtOnce) => {
  const stories = [1, 2, 3].flatMap(storiesOf)
  const charged = await Promise.all(
    stories.map(async (story) => ({ story, id: await database.cardPayment('card') })),
  )
  const apply = applyChargeReports({
    rooms: postgresChargeRooms(database.postgres),
    now: () => new Date(),
    againMs: 1,
  })

  const turns = isAtOnce ? [[0, 1, 2]] : [[0], [1], [2]]
  for (const turn of turns) {
    const reports = charged.flatMap(({ story, id }) =>
      turn.flatMap((place) => (story[place] ? [told(id, story[place])] : [])),
    )
    await apply(reports)
  }

  const announced = await database.announced()
  const ofPayments = Map.groupBy(
    announced.filter(({ type }) => type.startsWith('payment.')),
    ({ data }) => ('paymentId' in data ? data.paymentId : undefined),
  )
  const typesOf = (id: string) => (ofPayments.get(id) ?? []).map(({ type }) => type)
  expect(charged.map(({ story, id }) => [story, typesOf(id)])).toEqual(
    stories.map((story) => [story, announcedOf(story)]),
  )
  const unitOfWork = postgresUnitOfWork({ postgres: database.postgres })
  await bookPayments({ unitOfWork })(announced.filter(isPaymentEvent))
  expect(await bookedOf(charged.map(({ id }) => id))).toEqual({
    credits: stories.filter((story) => /succeeded|charged_back/.test(story.join())).length,
    reversals: stories.filter((story) => story.includes('charged_back')).length,
  })
})

async function bookedOf(ids: readonly string[]) {
  const [row] = await database.postgres.execute<{ credits: number; reversals: number }>(sql`
    select count(*) filter (where code = 'payment.credit')::int as credits,
      count(*) filter (where code = 'payment.reversal')::int as reversals
    from ledger.transactions
    where split_part(reference, ':', 2) = any(${sql.param([...ids])}::text[])`)
  return row
}
