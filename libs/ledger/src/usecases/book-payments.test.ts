import { describe, expect, test } from 'vitest'
import {
  PAID,
  paymentBooks,
  sampleDeposit,
  samplePayment,
  sampleRefund,
  settledAndSpent,
} from '../testing/payment-books.ts'
import { confirmed, reversed } from '../testing/sample-events.ts'
import {
  chargeReversed,
  chargeSucceeded,
  MERCHANT,
  paymentId,
  paymentSucceeded,
  paymentTakenBack,
  refundSucceeded,
} from '../testing/sample-payments.ts'
import { isPaymentEvent } from './book-payments.ts'

const payment = samplePayment
const deposit = sampleDeposit
const refund = sampleRefund

describe('a payment on chain', () => {
  test('goes to its merchant, less what we keep, and is booked once', async () => {
    const { deposits, payments, balances, contents } = paymentBooks()
    await deposits([confirmed(deposit)])

    const told = [
      await payments([paymentSucceeded(payment), paymentSucceeded(payment)]),
      await payments([paymentSucceeded(payment)]),
    ]

    expect(told).toEqual([
      { booked: 1, duplicates: 1 },
      { booked: 0, duplicates: 1 },
    ])
    expect(balances()).toEqual(PAID)
    expect(contents().announced.at(-1)).toMatchObject({
      key: MERCHANT,
      headers: { ce_id: `transaction:payment:${paymentId(1)}:succeeded` },
    })
  })

  test('may be booked before what came in for it', async () => {
    const { deposits, payments, balances } = paymentBooks()

    await payments([paymentSucceeded(payment)])
    expect(balances()).toMatchObject({ 'owner.receivable of payment': 100n })
    await deposits([confirmed({ ...deposit, amount: 60n })])
    await deposits([confirmed({ ...deposit, number: 2, amount: 40n })])

    expect(balances()).toEqual(PAID)
    expect(await deposits([confirmed({ ...deposit, amount: 60n })])).toEqual({
      booked: 0,
      duplicates: 1,
    })
  })

  test('keeps what came in beyond what was asked for', async () => {
    const { deposits, payments, balances } = paymentBooks()

    await payments([paymentSucceeded({ ...payment, received: 110n })])
    await deposits([confirmed({ ...deposit, amount: 110n })])

    expect(balances()).toEqual({ ...PAID, custody: 110n, 'owner.available of payment': -10n })
  })

  test.each([
    ['before', true],
    ['after', false],
  ])('is taken back by a reorg, booked %s its deposit, and succeeds again', async (_, first) => {
    const { deposits, payments, balances } = paymentBooks()
    const both = async (...steps: (() => Promise<unknown>)[]) => {
      for (const step of first ? steps : steps.toReversed()) await step()
    }
    const again = { ...payment, success: 2 }
    await both(
      () => payments([paymentSucceeded(payment)]),
      () => deposits([confirmed(deposit)]),
    )

    await both(
      () => payments([paymentTakenBack(payment)]),
      () => deposits([reversed(deposit)]),
    )
    expect(balances()).toEqual({})
    await both(
      () => payments([paymentSucceeded(again)]),
      () => deposits([confirmed({ ...deposit, revision: 2 })]),
    )

    expect(balances()).toEqual(PAID)
  })
})

describe('a payment through the sandbox', () => {
  const sandbox = { ...payment, channel: 'sandbox' } as const

  test('is owed by the channel, until it is charged back', async () => {
    const { payments, balances } = paymentBooks()
    await payments([chargeSucceeded(sandbox), paymentSucceeded(sandbox)])
    const { custody, ...paid } = PAID
    expect(balances()).toEqual({ ...paid, 'channel.receivable': custody })

    await payments([paymentTakenBack(sandbox), chargeReversed(sandbox)])

    expect(balances()).toEqual({})
  })

  test('is refunded by the channel', async () => {
    const { payments, reserve, balances } = paymentBooks()
    const asked = { ...refund, channel: 'sandbox' } as const
    await payments([chargeSucceeded(sandbox), paymentSucceeded(sandbox)])
    await reserve(asked)

    await payments([refundSucceeded(asked)])

    expect(balances()).toMatchObject({
      'channel.receivable': 60n,
      'merchant.pending of merchant': -57n,
      'payment.refundable of payment': -60n,
    })
  })

  test('for an order that is paid is owed to its payer, and refunded by the channel', async () => {
    const { payments, reserve, balances } = paymentBooks()
    const asked = { ...refund, amount: 100n, excess: 100n, channel: 'sandbox' } as const
    await payments([chargeSucceeded(sandbox)])
    expect(balances()).toEqual({ 'channel.receivable': 100n, 'owner.available of payment': -100n })

    await reserve(asked)
    await payments([refundSucceeded(asked)])

    expect(balances()).toEqual({})
  })

  test('that was refunded and is charged back all the same is owed by its payer', async () => {
    const { payments, reserve, balances } = paymentBooks()
    const asked = { ...refund, amount: 100n, excess: 100n, channel: 'sandbox' } as const
    await payments([chargeSucceeded(sandbox)])
    await reserve(asked)

    await payments([refundSucceeded(asked), chargeReversed(sandbox)])

    const owed = { 'channel.receivable': -100n, 'owner.receivable of payment': 100n }
    expect(balances()).toEqual(owed)
  })
})

test('a merchant who has spent what is taken back owes it, and the next payment pays that', async () => {
  const { payments, post, balances } = paymentBooks()
  await payments([paymentSucceeded(payment)])
  await post(...settledAndSpent(97n))

  await payments([paymentTakenBack(payment)])
  expect(balances()).toMatchObject({ 'owner.receivable of merchant': 97n })
  await payments([paymentSucceeded({ number: 2, amount: 100n })])

  expect(balances()).toMatchObject({ 'merchant.pending of merchant': -3n })
})

test.each([
  ['takes back what never succeeded', paymentTakenBack(payment), 'nothing_to_reverse'],
  ['pays a refund that was never asked for', refundSucceeded(refund), 'insufficient_funds'],
  ['keeps more than was paid', paymentSucceeded({ ...payment, fee: 101n }), 'exceeds its amount'],
])('refuses an event that %s, and keeps nothing of its batch', async (_, event, problem) => {
  const { payments, contents } = paymentBooks()

  const work = payments([paymentSucceeded({ number: 2, amount: 5n }), event])

  await expect(work).rejects.toMatchObject({
    code: 'LEDGER_PAYMENT_NOT_BOOKABLE',
    retry: 'never',
    message: expect.stringContaining(problem),
  })
  expect(contents().known.size).toBe(0)
})

test('refuses another success under the number of one that is booked', async () => {
  const { payments } = paymentBooks()
  await payments([paymentSucceeded(payment)])

  const work = payments([paymentSucceeded({ ...payment, fee: 4n })])

  await expect(work).rejects.toThrow('exists_with_different_entries')
})

test('books nothing of a payment that failed without having succeeded', () => {
  const { success, fee, ...data } = { ...paymentTakenBack(payment).data } as Record<string, unknown>
  const event = { ...paymentTakenBack(payment), data } as never

  expect([isPaymentEvent(event), isPaymentEvent(paymentTakenBack(payment))]).toEqual([false, true])
})
