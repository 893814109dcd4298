import type { Address } from '@coffer/evm/address'
import { erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import { judgePayouts, type PaidBy, type Payout } from './judge-payouts.ts'

const CHAIN = chainIdOf(1)
const ETH = nativeAssetId(CHAIN)
const TOKEN = erc20AssetId(CHAIN, `0x${'7'.repeat(40)}`)
const ANN = `0x${'a'.repeat(40)}` as Address
const BOB = `0x${'b'.repeat(40)}` as Address
const PAYER = `0x${'c'.repeat(40)}` as Address

type Moved = PaidBy['moved'][number]

const coin = (to: Address, amount: bigint): Moved => ({ asset: ETH, to, amount })
const token = (to: Address, amount: bigint): Moved => ({ asset: TOKEN, to, amount })
const payout = (id: string, moved: Moved): Payout => ({ id, ...moved, endedAt: new Date(0) })
const mined = (...moved: Moved[]): PaidBy => ({ succeeded: true, tellsCalls: true, moved })

const missed = (payouts: Payout[], transaction: PaidBy | undefined, arrivesInPart = false) =>
  judgePayouts(payouts, {
    ...{ chain: CHAIN, coin: ETH, transaction },
    arrivesInPart: () => arrivesInPart,
  }).map(({ subject, theirs, detail }) => [subject, theirs?.amount, detail])

test('what its transaction moved was paid, coin and tokens, in whatever order', () => {
  const payouts = [payout('1', coin(ANN, 5n)), payout('2', token(BOB, 7n))]

  expect(missed(payouts, mined(coin(PAYER, 5n), token(BOB, 7n), coin(ANN, 5n)))).toEqual([])
})

test('one transfer is one payout, though two are of the same amount to the same', () => {
  const payouts = [payout('1', coin(ANN, 5n)), payout('2', coin(ANN, 5n))]

  expect(missed(payouts, mined(coin(ANN, 5n), coin(ANN, 5n)))).toEqual([])
  expect(missed(payouts, mined(coin(ANN, 5n)))).toEqual([
    ['withdrawal:2', undefined, `it did not move as much to ${ANN}`],
  ])
})

test.each([
  ['is not there', undefined, undefined, 'the chain has no such transaction'],
  ['failed', { ...mined(token(ANN, 5n)), succeeded: false }, undefined, 'the transaction failed'],
  ['paid less', mined(token(ANN, 4n)), 4n, `it did not move as much to ${ANN}`],
  ['paid another', mined(token(BOB, 5n)), undefined, `it did not move as much to ${ANN}`],
  ['paid in coin', mined(coin(ANN, 5n)), undefined, `it did not move as much to ${ANN}`],
])('a payout whose transaction %s is named', (_, transaction, theirs, detail) => {
  const payouts = [payout('1', token(ANN, 5n))]

  expect(missed(payouts, transaction)).toEqual([['withdrawal:1', theirs, detail]])
})

test('where inner calls are not told a contract must have been given enough', () => {
  const payouts = [payout('1', coin(ANN, 5n)), payout('2', coin(BOB, 6n))]
  const told = (given: bigint) => ({ ...mined(coin(PAYER, given)), tellsCalls: false })

  expect(missed(payouts, told(11n))).toEqual([])
  expect(missed(payouts, told(10n)).map(([subject]) => subject)).toEqual(['withdrawal:2'])
  expect(missed([payout('3', token(ANN, 5n))], told(11n))).toHaveLength(1)
})

test('of a token that keeps a part some has to arrive', () => {
  const payouts = [payout('1', token(ANN, 5n))]

  expect(missed(payouts, mined(token(ANN, 4n)), true)).toEqual([])
  expect(missed(payouts, mined(token(ANN, 0n)), true)).toHaveLength(1)
  expect(missed(payouts, mined(token(ANN, 6n)), true)).toHaveLength(1)
})
