import type { Address } from '@coffer/evm/address'
import type { NativePayment } from './native-payments.ts'

/** The watched accounts that were paid by a payment that may not have happened. */
export function doubtedAccounts(
  payments: readonly NativePayment[],
  isWatched: (address: string) => boolean,
): Address[] {
  const doubted = payments.filter(({ doubtful, to }) => doubtful && isWatched(to))
  return [...new Set(doubted.map(({ to }) => to))]
}

/** What balances say of one account in one block. */
export type AccountGain = {
  account: Address
  /** By how much its balance grew in the block, less what withdrawals paid it. */
  gain: bigint
  /** Whether it paid or earned a fee in the block, which no payment shows. */
  hasFees: boolean
}

/** A payment that didn't happen, or of which the balance doesn't tell whether it did. */
export type Doubt = 'refuted' | 'unproven'

/**
 * What remains to be said against the doubtful ones of `payments`, which are all of a block: by as
 * much as the payments of an account exceed its gain, doubtful ones are refuted, the largest first.
 * Where that doesn't come out even, all of them are unproven.
 */
export function settleDoubts<T extends NativePayment>(
  payments: readonly T[],
  { account, gain, hasFees }: AccountGain,
): Map<T, Doubt> {
  const doubtful = payments.filter((payment) => payment.to === account && payment.doubtful)
  let excess = -gain
  for (const { from, to, amount } of payments) {
    if (to === account) excess += amount
    if (from === account) excess -= amount
  }
  const refuted = new Map<T, Doubt>()
  for (const payment of doubtful.toSorted(largestFirst)) {
    if (payment.amount > excess) continue
    refuted.set(payment, 'refuted')
    excess -= payment.amount
  }
  if (excess === 0n && !hasFees) return refuted
  return new Map(doubtful.map((payment) => [payment, 'unproven']))
}

const largestFirst = (a: NativePayment, b: NativePayment) => Number(b.amount - a.amount)
