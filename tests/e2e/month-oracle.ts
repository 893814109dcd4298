import type { AssetId } from '@coffer/money/asset'
import { type Expected, type KnownPayment, type Outside, standingsOf } from './month-standings.ts'

export type KnownRefund = { id: string; payment: string; amount: bigint; excess: bigint }

export type KnownWithdrawal = { id: string; merchant: string; asset: AssetId; amount: bigint }

/**
 * Says what a Coffer must say, by what is outside of it and by what was asked of it. It knows of
 * no table, and remembers only which payment of an order was the first to pay it.
 */
export function monthOracle(payments: readonly KnownPayment[]) {
  const known = new Map(payments.map((payment) => [payment.id, payment]))
  const refunds = new Map<string, KnownRefund & { hasFailed: boolean }>()
  const withdrawals = new Map<string, KnownWithdrawal>()
  const payers = new Map<string, string>()
  let expected = new Map<string, Expected>()

  const ofPayment = (id: string) =>
    [...refunds.values()].filter((each) => each.payment === id && !each.hasFailed)

  /**
   * Once whatever happened `outside` so far has been heard of. `shownPayers` are said to have paid
   * their orders: of two charges at once nobody outside can tell which was first.
   */
  function observe(
    outside: Outside,
    shownPayers: ReadonlySet<string>,
  ): ReadonlyMap<string, Expected> {
    const returned = new Map<string, bigint>()
    for (const { payment, excess, hasFailed } of refunds.values()) {
      if (!hasFailed) returned.set(payment, (returned.get(payment) ?? 0n) + excess)
    }
    expected = standingsOf({
      ...{ payments, outside, returned, payers, shownPayers, before: expected },
      at: new Date(),
    })
    return expected
  }

  /** What of a refund was never the merchant's. */
  function excessOf(payment: string, amount: bigint): bigint {
    const { received, isPaid } = expected.get(payment) ?? { received: 0n, isPaid: false }
    const free = received - (isPaid ? (known.get(payment)?.amount ?? 0n) : 0n)
    const left = free - ofPayment(payment).reduce((sum, { excess }) => sum + excess, 0n)
    return least(amount, left < 0n ? 0n : left)
  }

  /** What each merchant has of each asset, whatever it is called: `merchant asset`. */
  function fortunes(): Map<string, bigint> {
    const all = new Map<string, bigint>()
    const add = (merchant: string, asset: AssetId, amount: bigint) => {
      const name = `${merchant} ${asset}`
      all.set(name, (all.get(name) ?? 0n) + amount)
    }
    for (const { id, merchant, asset, amount, fee } of payments) {
      if (expected.get(id)?.isPaid) add(merchant, asset, amount - fee)
      for (const refund of ofPayment(id)) add(merchant, asset, refund.excess - refund.amount)
    }
    for (const { merchant, asset, amount } of withdrawals.values()) add(merchant, asset, -amount)
    return all
  }

  return {
    observe,
    expected: () => expected,
    excessOf,
    fortunes,
    clearing: () => clearingOf(payments, expected),
    refunds,
    withdrawals,
    refundGranted: (refund: KnownRefund) => refunds.set(refund.id, { ...refund, hasFailed: false }),
    refundFailed(id: string) {
      const refund = refunds.get(id)
      if (refund) refund.hasFailed = true
    },
  }
}

export type MonthOracle = ReturnType<typeof monthOracle>

/** What lies with each payment: what came in and was not applied. */
function clearingOf(
  payments: readonly KnownPayment[],
  expected: ReadonlyMap<string, Expected>,
): Map<string, bigint> {
  return new Map(
    payments.map(({ id, amount }) => {
      const { kept, isPaid } = expected.get(id) ?? { kept: 0n, isPaid: false }
      return [id, kept - (isPaid ? amount : 0n)]
    }),
  )
}

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)
