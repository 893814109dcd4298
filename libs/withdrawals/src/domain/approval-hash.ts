import { hashOfText } from './hash-of-text.ts'
import type { Withdrawal } from './withdrawal.ts'

/**
 * What a second person approves: the hash of where what goes, and of this withdrawal alone. None of
 * it can be another afterwards.
 */
export function approvalHash(
  withdrawal: Pick<Withdrawal, 'chain' | 'asset' | 'to' | 'amount' | 'id'>,
): `0x${string}` {
  const { chain, asset, to, amount, id } = withdrawal
  return hashOfText(JSON.stringify([chain, asset, to, amount.toString(), id]))
}
