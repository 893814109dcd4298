import { UNITS_MAX, type Units, units } from '@coffer/money/units'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fakeAddress, fakeTransaction } from '../testing/fake-chain.ts'
import { TOKEN, TRANSFER, transferLog, word } from '../testing/fake-transfers.ts'
import { ALICE, BOB, block } from '../testing/scan-facts.ts'
import { arrivedAmounts, sentAmount } from './arrived-amounts.ts'

const amounts = fc.array(
  fc.bigInt({ min: 1n, max: UNITS_MAX }).map((amount) => units(amount)),
  { minLength: 1, maxLength: 9 },
)
const sum = (all: readonly bigint[]) => all.reduce((total, amount) => total + amount, 0n)

describe('what arrived', () => {
  test('is what the logs tell of, where all of it arrived, or more', () => {
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 0n, max: UNITS_MAX }), (told, more) => {
        expect(arrivedAmounts(told, sum(told) + more)).toEqual(told)
      }),
    )
  })

  test('is shared out to the last unit, whatever is missing', () => {
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 0n, max: 10_000n }), (told, perMyriad) => {
        const arrived = (sum(told) * perMyriad) / 10_000n

        expect(sum(arrivedAmounts(told, arrived))).toBe(arrived)
      }),
    )
  })

  test('is nothing of each, where balances did not grow', () => {
    const nothing = [0n, 0n]

    expect(arrivedAmounts([units(5n), units(7n)], 0n)).toEqual(nothing)
    expect(arrivedAmounts([units(5n), units(7n)], -3n)).toEqual(nothing)
  })

  test.each<[string, bigint[], bigint, bigint[]]>([
    ['of one', [100n], 90n, [90n]],
    ['of several, in proportion', [100n, 300n], 360n, [90n, 270n]],
    ['that can not be shared evenly, the rest with the last', [10n, 10n, 10n], 29n, [9n, 9n, 11n]],
  ])('is less %s', (_, told, arrived, shares) => {
    expect(arrivedAmounts(told as Units[], arrived)).toEqual(shares)
  })
})

test('what a holder sent is counted by the logs of that token and of what succeeded alone', () => {
  const sent = (amount: bigint, off = {}) =>
    transferLog(BOB, amount, { topics: [TRANSFER, word(ALICE), word(BOB)], ...off })
  const transactions = [
    fakeTransaction({ logs: [sent(5n), transferLog(ALICE, 100n)] }),
    fakeTransaction({ logs: [sent(7n), sent(50n, { address: fakeAddress(0xbad) })] }),
    fakeTransaction({ logs: [sent(1_000n)], succeeded: false }),
  ]
  const receipts = transactions.map(({ hash: txHash, ...rest }) => ({ txHash, ...rest }))

  expect(sentAmount({ ...block(7), receipts }, { token: TOKEN, holder: ALICE })).toBe(12n)
})
