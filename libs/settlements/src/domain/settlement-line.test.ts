import type { TransactionCreated } from '@coffer/events/accounting-events'
import { currencyAssetId } from '@coffer/money/asset'
import { expect, test } from 'vitest'
import { linesOf, settleableAt } from './settlement-line.ts'

const [USD, EUR] = [currencyAssetId('USD'), currencyAssetId('EUR')]
const AT = '2026-11-21T12:00:00.000Z'

const entry = (owner: string, account: string, amount: bigint, asset = USD) => ({
  ...{ owner, account, asset, amount, shard: 0, accountVersion: 1, balanceAfter: amount },
})

const transaction = (code: string, entries: TransactionCreated['entries']): TransactionCreated => ({
  ...{ transactionId: '1', reference: `${code}:1`, code, eventAt: AT, recordedAt: AT, entries },
})

test('is what a transaction did to pending money, one line for each merchant and asset', () => {
  const lines = linesOf(
    transaction('payment.succeeded', [
      ...[entry('system', 'channel.receivable', 100n), entry('system', 'fees', -3n)],
      ...[entry('shop', 'merchant.pending', -90n), entry('shop', 'merchant.pending', -7n)],
      ...[entry('shop', 'merchant.pending', 5n, EUR), entry('pay', 'payment.refundable', -100n)],
    ]),
  )

  const facts = { reference: 'payment.succeeded:1', code: 'payment.succeeded', payment: 'pay' }
  expect(lines).toEqual([
    { ...facts, merchantId: 'shop', asset: USD, amount: 97n, eventAt: new Date(AT) },
    { ...facts, merchantId: 'shop', asset: EUR, amount: -5n, eventAt: new Date(AT) },
  ])
})

test('is nothing of what settled it, of what comes to nothing, and of other accounts', () => {
  const taken = [entry('shop', 'merchant.pending', 97n), entry('shop', 'owner.available', -97n)]
  const back = [entry('shop', 'merchant.pending', 9n), entry('shop', 'merchant.pending', -9n)]

  expect(linesOf(transaction('settlement', taken))).toEqual([])
  expect(linesOf(transaction('adjustment', back))).toEqual([])
  expect(linesOf(transaction('deposit.credit', taken.slice(1)))).toEqual([])
})

test('what comes is held back, and what goes waits for what it is taken from', () => {
  const eventAt = new Date(AT)
  const held = new Date('2026-11-28T12:00:00.000Z')
  const terms = { holdBackDays: 7, takenFromAt: undefined }

  expect(settleableAt({ amount: 1n, eventAt }, terms)).toEqual(held)
  expect(settleableAt({ amount: -1n, eventAt }, terms)).toEqual(eventAt)
  expect(settleableAt({ amount: -1n, eventAt }, { ...terms, takenFromAt: held })).toEqual(held)
  const before = new Date('2026-11-20T12:00:00.000Z')
  expect(settleableAt({ amount: -1n, eventAt }, { ...terms, takenFromAt: before })).toEqual(eventAt)
})
