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
  paymentSucceeded,
  paymentTakenBack,
  refundFailed,
  refundSucceeded,
} from '../testing/sample-payments.ts'

const payment = samplePayment
const deposit = sampleDeposit
const refund = sampleRefund

describe('a refund', () => {
  async function paid() {
    const all = paymentBooks()
    await all.deposits([confirmed(deposit)])
    await all.payments([paymentSucceeded(payment)])
    return all
  }

  test('leaves custody when it has arrived', async () => {
    const { payments, reserve, balances } = await paid()
    await reserve(refund)
    expect(balances()).toMatchObject({ 'refund.payable of payment': -40n, custody: 100n })

    await payments([refundSucceeded(refund)])

    expect(balances()).toEqual({
      custody: 60n,
      fees: -3n,
      'merchant.pending of merchant': -57n,
      'payment.refundable of payment': -60n,
      'refundable.contra': 60n,
    })
  })

  test('is free again when it failed', async () => {
    const { payments, reserve, balances } = await paid()
    await reserve(refund)

    await payments([refundFailed(refund)])

    expect(balances()).toEqual(PAID)
  })

  test('of what a merchant owes is free again all the same', async () => {
    const { payments, post, reserve, balances } = await paid()
    await post(...settledAndSpent(90n))
    await reserve(refund)
    expect(balances()).toMatchObject({ 'owner.receivable of merchant': 33n })

    await payments([refundFailed(refund)])

    expect(balances()).toMatchObject({ 'merchant.pending of merchant': -7n })
    expect(balances()).not.toHaveProperty('owner.receivable of merchant')
  })

  test('is refused beyond what is left of the payment', async () => {
    const { reserve } = await paid()

    const outcomes = await reserve(
      refund,
      { ...refund, number: 2, amount: 61n },
      { ...refund, number: 3, amount: 60n },
    )

    expect(outcomes).toMatchObject([
      { status: 'created' },
      { status: 'refused', refusal: { reason: 'insufficient_funds', available: 60n } },
      { status: 'created' },
    ])
  })

  test('of what came in beyond what was asked for takes nothing from the merchant', async () => {
    const { deposits, payments, reserve, balances } = await paid()
    const excess = { ...refund, amount: 10n, excess: 10n }
    await deposits([confirmed({ ...deposit, number: 2, amount: 10n })])

    await reserve(excess)
    expect(balances()).toMatchObject({ ...PAID, custody: 110n, 'refund.payable of payment': -10n })
    await payments([refundFailed(excess)])

    expect(balances()).toEqual({ ...PAID, custody: 110n, 'owner.available of payment': -10n })
  })

  test('counts against what can be refunded after a reorg took the payment back', async () => {
    const { deposits, payments, reserve, balances } = await paid()
    await reserve(refund)
    await payments([refundSucceeded(refund), paymentTakenBack(payment)])
    expect(balances()).toMatchObject({
      'owner.receivable of merchant': 40n,
      'refundable.debt of payment': 40n,
    })

    await deposits([reversed(deposit), confirmed({ ...deposit, revision: 2 })])
    await payments([paymentSucceeded({ ...payment, success: 2 })])

    expect(balances()).toMatchObject({
      custody: 60n,
      'merchant.pending of merchant': -57n,
      'payment.refundable of payment': -60n,
    })
  })

  test.each([
    ['succeeded after it failed', refundFailed, refundSucceeded],
    ['failed after it succeeded', refundSucceeded, refundFailed],
  ])('that %s is refused, though others of the payment wait', async (_, first, then) => {
    const { payments, reserve, contents } = await paid()
    const other = { ...refund, number: 2 }
    await reserve(refund, other)
    await payments([first(refund)])

    await expect(payments([then(refund)])).rejects.toThrow('contradicts')

    expect(contents().known.size).toBe(5)
  })
})
