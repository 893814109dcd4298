import { units } from '@coffer/money/units'
import { describe, expect, test } from 'vitest'
import { fakeAddress } from '../testing/fake-chain.ts'
import type { NativePayment } from './native-payments.ts'
import { doubtedAccounts, settleDoubts } from './settle-doubts.ts'

const ALICE = fakeAddress(0xa)
const PAYER = fakeAddress(0xc0)

let made = 0
function pay(amount: bigint, facts: Partial<NativePayment> = {}): NativePayment {
  made += 1
  const position = `trace:${made}` as const
  return { position, from: PAYER, to: ALICE, amount: units(amount), doubtful: false, ...facts }
}
const doubt = (amount: bigint, facts: Partial<NativePayment> = {}) =>
  pay(amount, { doubtful: true, ...facts })

const settled = (payments: NativePayment[], gain: bigint, hasFees = false) => {
  const doubts = settleDoubts(payments, { account: ALICE, gain, hasFees })
  return payments.map((payment) => doubts.get(payment) ?? 'happened')
}

describe('a doubtful payment', () => {
  test('happened when the balance grew by it too', () => {
    expect(settled([pay(3n), doubt(3n)], 6n)).toEqual(['happened', 'happened'])
  })

  test('did not happen when the balance grew by the others alone', () => {
    expect(settled([pay(3n), doubt(3n)], 3n)).toEqual(['happened', 'refuted'])
  })

  test('is told from others of the block by its amount', () => {
    const payments = [pay(3n), doubt(3n), pay(5n), doubt(5n)]

    expect(settled(payments, 13n)).toEqual(['happened', 'refuted', 'happened', 'happened'])
    expect(settled(payments, 11n)).toEqual(['happened', 'happened', 'happened', 'refuted'])
  })

  test('is judged by what the account paid out as well', () => {
    const spent = pay(2n, { from: ALICE, to: PAYER })

    expect(settled([pay(3n), doubt(3n), spent], 1n)).toEqual(['happened', 'refuted', 'happened'])
  })

  test.each([
    ['more than all payments', 7n, false],
    ['something in between', 4n, false],
    ['less than the others', 2n, false],
    ['as much as it should, but for a fee', 6n, true],
  ])('is unproven when the balance grew by %s', (_, gain, hasFees) => {
    expect(settled([pay(3n), doubt(3n)], gain, hasFees)).toEqual(['happened', 'unproven'])
  })

  test('of another account is left to its balance', () => {
    const payments = [pay(3n), doubt(3n), doubt(3n, { to: PAYER, from: ALICE })]

    expect(settled(payments, 0n)).toEqual(['happened', 'refuted', 'happened'])
  })
})

test('balances are asked of watched accounts only, once each, and only when in doubt', () => {
  const payments = [pay(1n), doubt(1n), doubt(2n), doubt(1n, { to: PAYER })]

  expect(doubtedAccounts(payments, (address) => address === ALICE)).toEqual([ALICE])
  expect(doubtedAccounts([pay(1n)], () => true)).toEqual([])
})
