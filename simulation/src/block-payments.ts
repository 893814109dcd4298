import type { FakeBlock } from '@coffer/deposits/testing/fake-chain'
import { CHAIN, NATIVE, word } from '@coffer/deposits/testing/fake-transfers'
import type { Meant } from './payments.ts'
import { ownerOf } from './people.ts'

const NOBODY = `0x${'0'.repeat(40)}` as Meant['from']

/** What each transaction of a fake chain uses. */
const GAS = 21_000n

/** What a block itself pays to people: withdrawals, and what its producer earns by it. */
export function meantByBlock({ hash, transactions, producer, withdrawals }: FakeBlock): Meant[] {
  const common = { from: NOBODY, asset: NATIVE, fate: 'suspend' as const, isDoubtful: false }
  const paid = withdrawals.map(({ index, to, amount }): Meant => {
    const id = `${CHAIN}:${word(index)}:withdrawal:${index}`
    return { ...common, id, owner: ownerOf(to), to, amount, reason: 'withdrawal' }
  })
  const amount = transactions.reduce((sum, { tip }) => sum + tip * GAS, 0n)
  if (ownerOf(producer) === '' || amount === 0n) return paid
  const id = `${CHAIN}:${hash}:coinbase`
  const earned = { ...common, id, owner: ownerOf(producer), to: producer, amount }
  return [...paid, { ...earned, reason: 'coinbase' }]
}
