import { blockHash } from '@coffer/evm/hash'
import { erc20AssetId } from '@coffer/money/asset'
import { UNITS_MAX, units } from '@coffer/money/units'
import { describe, expect, test } from 'vitest'
import { type FakeTransaction, fakeAddress, fakeTransaction } from '../testing/fake-chain.ts'
import {
  ASSETS,
  CHAIN,
  NATIVE,
  payNative,
  payTokens,
  TOKEN,
  TRANSFER,
  TUSD,
  transferLog,
  word,
} from '../testing/fake-transfers.ts'
import type { Block } from './block.ts'
import {
  depositRules,
  nativeCandidates,
  nativeTransfers,
  tokenTransfers,
  UNLISTED_MAX,
} from './detect-transfers.ts'

const ALICE = fakeAddress(0xa)
const BOB = fakeAddress(0xb)
const STRANGER = fakeAddress(0xc)
const SENDER = fakeAddress(0xfee)
const UNLISTED = fakeAddress(0x70d)
const COIN_LOGS = `0x${'f'.repeat(39)}e` as const

const isWatched = (address: string) => address === ALICE || address === BOB
const rules = depositRules({ assets: ASSETS, isWatched })

describe('a token transfer', () => {
  test('to a watched address is a deposit, told with its place in its own receipt', () => {
    const transaction = payTokens([STRANGER, 1n], [ALICE, 25n])
    const block = blockOf(payTokens([BOB, 9n]), transaction)

    expect(tokenTransfers(block, rules)[1]).toEqual({
      txHash: transaction.hash,
      position: 'log:1',
      asset: TUSD,
      amount: 25n,
      from: SENDER,
      to: ALICE,
      block,
    })
  })

  test('is told from every other of its transaction, to one owner or to several', () => {
    const block = blockOf(payTokens([ALICE, 5n], [ALICE, 5n], [BOB, 5n]))

    const found = tokenTransfers(block, rules)

    expect(found.map(({ position, to }) => [position, to])).toEqual([
      ['log:0', ALICE],
      ['log:1', ALICE],
      ['log:2', BOB],
    ])
  })

  test('keeps its position when its block has other transactions before it', () => {
    const transaction = payTokens([STRANGER, 1n], [ALICE, 5n])

    const alone = tokenTransfers(blockOf(transaction), rules)
    const behind = tokenTransfers(blockOf(payTokens([BOB, 1n], [BOB, 2n]), transaction), rules)

    expect(behind.at(-1)?.position).toBe(alone[0]?.position)
  })

  test.each([1n, 2n ** 64n, UNITS_MAX])('of %d units is told exactly', (amount) => {
    const [found] = tokenTransfers(blockOf(payTokens([ALICE, amount])), rules)

    expect(found?.amount).toBe(amount)
  })

  test('that mints is a deposit from the zero address', () => {
    const log = transferLog(ALICE, 5n, { topics: [TRANSFER, word(fakeAddress(0)), word(ALICE)] })

    const [found] = tokenTransfers(blockOf(fakeTransaction({ logs: [log] })), rules)

    expect(found?.from).toBe(fakeAddress(0))
  })

  test('moves nothing when its transaction failed', () => {
    const block = blockOf({ ...payTokens([ALICE, 5n]), succeeded: false })

    expect(tokenTransfers(block, rules)).toEqual([])
  })

  const padding = word(ALICE).slice(0, 26)
  test.each([
    ['of nothing', transferLog(ALICE, 0n)],
    ['to a stranger', transferLog(STRANGER, 5n)],
    ['from a watched address to a stranger', withTopics(TRANSFER, word(ALICE), word(STRANGER))],
    ['of coin, which is told twice', transferLog(ALICE, 5n, { address: COIN_LOGS })],
    ['of an NFT: a fourth topic', withTopics(TRANSFER, word(SENDER), word(ALICE), word(1n))],
    ['without indexed parties', withTopics(TRANSFER)],
    ['with one indexed party', withTopics(TRANSFER, word(ALICE))],
    ['without topics', withTopics()],
    ['that is another event', withTopics(word(1n), word(SENDER), word(ALICE))],
    ['with dirt in the receiver', withTopics(TRANSFER, word(SENDER), `0x1${word(ALICE).slice(3)}`)],
    ['with dirt in the sender', withTopics(TRANSFER, `0x${'f'.repeat(64)}`, word(ALICE))],
    ['with a short receiver', withTopics(TRANSFER, word(SENDER), padding)],
    ['with a long receiver', withTopics(TRANSFER, word(SENDER), `${word(ALICE)}00`)],
    ['with no data', transferLog(ALICE, 5n, { data: '0x' })],
    ['with short data', transferLog(ALICE, 5n, { data: '0x05' })],
    ['with two words of data', transferLog(ALICE, 5n, { data: `${word(5n)}${word(5n).slice(2)}` })],
  ])('%s is no deposit, and moves no other one', (_, log) => {
    const block = blockOf(fakeTransaction({ to: TOKEN, logs: [log, transferLog(BOB, 1n)] }))

    expect(tokenTransfers(block, rules).map(({ position }) => position)).toEqual(['log:1'])
  })

  function withTopics(...topics: string[]) {
    return transferLog(ALICE, 5n, { topics })
  }
})

describe('a transfer of a token that is not accepted', () => {
  const unlisted = (to = ALICE) => transferLog(to, 5n, { address: UNLISTED })

  test('is recorded by the address of its contract, and not credited', () => {
    const [found] = tokenTransfers(blockOf(fakeTransaction({ logs: [unlisted()] })), rules)

    expect(found).toMatchObject({
      asset: erc20AssetId(CHAIN, UNLISTED),
      amount: 5n,
      to: ALICE,
      rejection: 'asset_not_accepted',
    })
  })

  test('to a stranger is not recorded', () => {
    const block = blockOf(fakeTransaction({ logs: [unlisted(STRANGER)] }))

    expect(tokenTransfers(block, rules)).toEqual([])
  })

  test('is recorded so often for each transaction, and hides no deposit behind it', () => {
    const flood = Array.from({ length: UNLISTED_MAX + 9 }, () => unlisted())
    const logs = [...flood, transferLog(BOB, 1n), ...flood]
    const block = blockOf(fakeTransaction({ logs }), fakeTransaction({ logs: [unlisted()] }))

    const found = tokenTransfers(block, rules)

    expect(found.filter(({ rejection }) => rejection)).toHaveLength(UNLISTED_MAX + 1)
    expect(found.filter(({ rejection }) => !rejection)).toMatchObject([
      { to: BOB, position: `log:${flood.length}` },
    ])
  })
})

describe('a native transfer', () => {
  test('to a watched address is a deposit of the value of its transaction', () => {
    const transaction = payNative(ALICE, 7n)
    const block = blockOf(transaction)

    expect(nativeDeposits(block, transaction)).toEqual([
      {
        txHash: transaction.hash,
        position: 'value',
        asset: NATIVE,
        amount: 7n,
        from: SENDER,
        to: ALICE,
        block,
      },
    ])
  })

  test.each([1n, UNITS_MAX])('of %d units is told exactly', (amount) => {
    const transaction = payNative(ALICE, amount)

    expect(nativeDeposits(blockOf(transaction), transaction)[0]?.amount).toBe(amount)
  })

  test('of nothing is no deposit', () => {
    const transaction = payNative(ALICE, 0n)

    expect(nativeDeposits(blockOf(transaction), transaction)).toEqual([])
  })

  test.each([
    ['that failed', { ...payNative(ALICE, 7n), succeeded: false }],
    ['to a stranger', payNative(STRANGER, 7n)],
    ['that creates a contract', fakeTransaction({ to: null, value: 7n })],
  ])('%s is not even a candidate', (_, transaction) => {
    expect(nativeCandidates([blockOf(transaction)], rules)).toEqual([])
  })

  test('is never taken for nothing because its value is not known', () => {
    const candidates = nativeCandidates([blockOf(payNative(ALICE, 7n))], rules)

    expect(() => nativeTransfers(candidates, new Map(), rules)).toThrow(/value .* is missing/)
  })

  test('stands beside the token transfers of the same transaction', () => {
    const transaction = { ...payNative(ALICE, 7n), logs: [transferLog(ALICE, 5n)] }
    const block = blockOf(transaction)

    const positions = [...tokenTransfers(block, rules), ...nativeDeposits(block, transaction)]

    expect(positions.map(({ position }) => position)).toEqual(['log:0', 'value'])
  })

  function nativeDeposits(block: Block, { hash, value }: FakeTransaction) {
    const candidates = nativeCandidates([block], rules)
    return nativeTransfers(candidates, new Map([[hash, units(value)]]), rules)
  }
})

test('a chain whose assets have no native coin is a mistake in the wiring', () => {
  expect(() => depositRules({ assets: ASSETS.slice(1), isWatched })).toThrow(/no native asset/)
})

function blockOf(...transactions: FakeTransaction[]): Block {
  return {
    number: 7n,
    hash: blockHash(`0x${'b'.repeat(64)}`),
    parentHash: blockHash(`0x${'a'.repeat(64)}`),
    time: new Date(1_700_000_000_000),
    receipts: transactions.map(({ hash: txHash, ...rest }) => ({ txHash, ...rest })),
  }
}
