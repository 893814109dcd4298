import type { Address } from '@coffer/evm/address'
import type { NativePayment } from './native-payments.ts'

/** Accounts of which `accounts` has some that were paid by a payment that may not have happened. */
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
  /** By how much its balance grew from the parent's to the block's own. */
  gain: bigint
  /** Whether it sent a transaction of the block, and so paid a fee that no payment shows. */
  paidFee: boolean
}

/**
 * The doubtful ones of `payments`, which are all of a block, that did not happen or that the
 * account's balance can't confirm. As much as the payments say too much is taken from the doubtful
 * ones; where that doesn't come out even, none of them is believed.
 */
export function disbelieved<T extends NativePayment>(
  payments: readonly T[],
  { account, gain, paidFee }: AccountGain,
): Set<T> {
  const doubts = payments.filter(({ to, doubtful }) => doubtful && to === account)
  let excess = -gain
  for (const { from, to, amount } of payments) {
    if (to === account) excess += amount
    if (from === account) excess -= amount
  }
  const refuted = new Set<T>()
  for (const doubt of doubts) {
    if (doubt.amount > excess) continue
    refuted.add(doubt)
    excess -= doubt.amount
  }
  return excess === 0n && !paidFee ? refuted : new Set(doubts)
}
