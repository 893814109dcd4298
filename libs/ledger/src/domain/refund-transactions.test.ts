import { currencyAssetId } from '@coffer/money/asset'
import type { Units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { NEW_ACCOUNT } from './account-state.ts'
import { applyPostings } from './apply-postings.ts'
import type { AccountCode } from './chart-of-accounts.ts'
import {
  type RefundFacts,
  refundPaid,
  refundRelease,
  refundReservation,
} from './refund-transactions.ts'
import { accountKey, accountsOf, checkDraft, type TransactionDraft } from './transaction.ts'

const at = new Date('2026-11-21T12:00:00Z')
const asset = currencyAssetId('USD')

const refund = (amount: bigint, excess = 0n, refundId = 'r'): RefundFacts => ({
  refundId,
  paymentId: 'payment',
  merchantId: 'merchant',
  channel: 'onchain',
  asset,
  amount: amount as Units,
  excess: excess as Units,
})

/** What a payment of 100 left: 20 are settled, and 30 more came in than were asked for. */
const paid: TransactionDraft = {
  reference: 'paid',
  code: 'test',
  owner: 'merchant',
  eventAt: at,
  entries: [
    { account: { owner: 'system', code: 'custody', asset }, amount: 130n },
    { account: { owner: 'merchant', code: 'merchant.pending', asset }, amount: -70n },
    { account: { owner: 'merchant', code: 'owner.available', asset }, amount: -20n },
    { account: { owner: 'system', code: 'fees', asset }, amount: -10n },
    { account: { owner: 'payment', code: 'owner.available', asset }, amount: -30n },
    { account: { owner: 'system', code: 'refundable.contra', asset }, amount: 100n },
    { account: { owner: 'payment', code: 'payment.refundable', asset }, amount: -100n },
  ],
}

function after(...drafts: TransactionDraft[]) {
  const all = [paid, ...drafts]
  for (const draft of all) checkDraft(draft)
  const keys = all.flatMap(accountsOf).map(accountKey)
  const accounts = new Map(keys.map((key) => [key, NEW_ACCOUNT]))
  const { applied, changed } = applyPostings({
    accounts,
    recorded: new Map(),
    drafts: all,
    now: at,
  })
  const balance = (owner: string, code: AccountCode) => {
    const state = changed.get(accountKey({ owner, code, asset })) ?? NEW_ACCOUNT
    return state.creditsPosted - state.debitsPosted
  }
  return { statuses: applied.slice(1).map(({ status }) => status), balance }
}

test('a refund is paid by the merchant: what is pending, then what is available, then a debt', () => {
  const { statuses, balance } = after(refundReservation(refund(100n), at))

  expect(statuses).toEqual(['created'])
  expect(balance('merchant', 'merchant.pending')).toBe(0n)
  expect(balance('merchant', 'owner.available')).toBe(0n)
  expect(balance('merchant', 'owner.receivable')).toBe(-10n)
  expect(balance('payment', 'refund.payable')).toBe(100n)
  expect(balance('payment', 'payment.refundable')).toBe(0n)
})

test('what came in beyond what was asked for is given back by the payment', () => {
  const { statuses, balance } = after(refundReservation(refund(40n, 30n), at))

  expect(statuses).toEqual(['created'])
  expect(balance('payment', 'owner.available')).toBe(0n)
  expect(balance('merchant', 'merchant.pending')).toBe(60n)
  expect(balance('payment', 'payment.refundable')).toBe(90n)
})

test('refunds never add up to more than the payment, nor its excess', () => {
  const first = refundReservation(refund(60n, 0n, '1'), at)
  const { statuses } = after(
    first,
    refundReservation(refund(41n, 0n, '2'), at),
    refundReservation(refund(31n, 31n, '3'), at),
    refundReservation(refund(40n, 0n, '4'), at),
  )

  expect(statuses).toEqual(['created', 'refused', 'refused', 'created'])
})

test('a refund that is paid leaves nothing payable, and leaves custody', () => {
  const reserved = refundReservation(refund(50n), at)
  const { statuses, balance } = after(reserved, refundPaid(refund(50n), at))

  expect(statuses).toEqual(['created', 'created'])
  expect(balance('payment', 'refund.payable')).toBe(0n)
  expect(balance('system', 'custody')).toBe(-80n)
})

test('a refund through a channel is owed by it no more', () => {
  const onCard: RefundFacts = { ...refund(50n, 20n), channel: 'sandbox' }
  const { statuses, balance } = after(refundReservation(onCard, at), refundPaid(onCard, at))

  expect(statuses).toEqual(['created', 'created'])
  expect(balance('payment', 'owner.available')).toBe(10n)
  expect(balance('system', 'channel.receivable')).toBe(50n)
})

test('a refund that fails sets free what was reserved, once', () => {
  const release = refundRelease(refund(100n, 30n), at)
  const { statuses, balance } = after(refundReservation(refund(100n, 30n), at), release, release)

  expect(statuses).toEqual(['created', 'created', 'exists'])
  expect(balance('payment', 'refund.payable')).toBe(0n)
  expect(balance('payment', 'payment.refundable')).toBe(100n)
  expect(balance('payment', 'owner.available')).toBe(30n)
  expect(balance('merchant', 'merchant.pending')).toBe(70n)
})
