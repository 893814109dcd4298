import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkLedger } from '../adapters/check-ledger.ts'
import { postgresUnitOfWork } from '../adapters/postgres-unit-of-work.ts'
import { trialBalance } from '../adapters/trial-balance.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH, reversed } from '../testing/sample-events.ts'
import {
  paymentId,
  paymentSucceeded,
  paymentTakenBack,
  refundFailed,
  refundSucceeded,
  reservation,
  type SampleRefund,
} from '../testing/sample-payments.ts'
import { bookDeposits, type DepositEvent } from './book-deposits.ts'
import { bookPayments, type PaymentEvent } from './book-payments.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await ledgerDatabase()
})
afterEach(async () => {
  expect(await checkLedger(database.postgres)).toEqual([])
  await database[Symbol.asyncDispose]()
})

const PAYMENTS = 48
const numbers = Array.from({ length: PAYMENTS }, (_, number) => number)
const payment = (number: number) => ({ number, amount: 100n, fee: 3n })
const deposit = (number: number) => ({ number, owner: paymentId(number), amount: 110n })

/** Books as an account service does, of which there are many. */
function accountant() {
  const unitOfWork = postgresUnitOfWork({
    ...{ postgres: database.postgres, attempts: 50, backoff: { firstMs: 1, maxMs: 10 } },
  })
  return { deposits: bookDeposits({ unitOfWork }), payments: bookPayments({ unitOfWork }) }
}

/** Books both at the same time, in batches and orders of their own. */
async function bookBeside(deposits: DepositEvent[], payments: PaymentEvent[]): Promise<void> {
  const post = async <E>(events: E[], size: number, book: (batch: E[]) => Promise<unknown>) => {
    for (let from = 0; from < events.length; from += size) {
      await book(events.slice(from, from + size))
    }
  }
  const odd = (_: unknown, place: number) => place % 2 === 1
  await Promise.all([
    post(deposits, 5, accountant().deposits),
    post(deposits.filter(odd), 3, accountant().deposits),
    post(payments, 4, accountant().payments),
    post(payments.toReversed().filter(odd), 3, accountant().payments),
  ])
}

/** What is owed to us by anybody. */
async function debts(): Promise<string[]> {
  const rows = await database.postgres.execute<{ owner: string }>(sql`
    select owner from ledger.accounts
    where code = 'owner.receivable' and debits_posted > credits_posted
  `)
  return rows.map(({ owner }) => owner)
}

test('comes to the same, whoever books the deposit and whoever the payment at the same time', async () => {
  await bookBeside(
    numbers.map((number) => confirmed(deposit(number))),
    numbers.map((number) => paymentSucceeded(payment(number))),
  )

  expect(await debts()).toEqual([])
  const count = BigInt(PAYMENTS)
  expect(await trialBalance(database.postgres)).toMatchObject([
    {
      asset: ETH,
      total: 0n,
      byCode: {
        custody: 110n * count,
        fees: -3n * count,
        'merchant.pending': -97n * count,
        'owner.available': -10n * count,
        'payment.refundable': -100n * count,
        'refundable.contra': 100n * count,
      },
    },
  ])

  await bookBeside(
    numbers.map((number) => reversed(deposit(number))),
    numbers.map((number) => paymentTakenBack(payment(number))),
  )

  expect(await debts()).toEqual([])
  const [{ byCode = {} } = {}] = await trialBalance(database.postgres)
  expect(Object.entries(byCode).filter(([, balance]) => balance !== 0n)).toEqual([])
})

test('opens no account for a debt that nobody has', async () => {
  await accountant().deposits([confirmed(deposit(1))])

  const [opened] = await database.postgres.execute<{ codes: string[] }>(
    sql`select array_agg(code order by code) as codes from ledger.accounts`,
  )

  expect(opened?.codes).toEqual(['custody', 'owner.available'])
})

test('ends a refund one way, whoever says at the same time that it ended the other way', async () => {
  const { deposits, payments } = accountant()
  const refunds = [1, 2, 3, 4].map((number): SampleRefund => ({ of: 1, number, amount: 20n }))
  await deposits([confirmed(deposit(1))])
  await payments([paymentSucceeded(payment(1))])
  await postgresUnitOfWork({ postgres: database.postgres })(({ post }) =>
    post(refunds.map(reservation)),
  )

  const ends = await Promise.all(
    refunds.map((refund) =>
      Promise.allSettled([
        accountant().payments([refundSucceeded(refund)]),
        accountant().payments([refundFailed(refund)]),
      ]),
    ),
  )

  expect(ends.map((pair) => pair.map(({ status }) => status).sort())).toEqual(
    refunds.map(() => ['fulfilled', 'rejected']),
  )
})
