import { describe, expect, test } from 'vitest'
import { BlockProofError } from '../adapters/verify-block.ts'
import { depositRules } from '../domain/detect-transfers.ts'
import {
  type FakeCall,
  type FakeChain,
  type FakeTransaction,
  fakeAddress,
  fakeChain,
  fakeTransaction,
} from '../testing/fake-chain.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { ASSETS, NATIVE, payNative } from '../testing/fake-transfers.ts'
import { findNative } from './find-native.ts'

const ALICE = fakeAddress(0xa)
const BOB = fakeAddress(0xb)
const STRANGER = fakeAddress(0x57)
const CONTRACT = fakeAddress(0xc0)

const payment: FakeCall = { type: 'CALL', from: CONTRACT, to: ALICE, value: '0x5' }
const bequest: FakeCall = { ...payment, type: 'SELFDESTRUCT' }
const paying = (...calls: FakeCall[]) => fakeTransaction({ to: CONTRACT, calls })

const METHODS = ['debug_traceBlockByHash', 'trace_block'] as const

/** What is found in a block of `transactions`, as position, amount and why it isn't credited. */
async function found(transactions: FakeTransaction[], options: Options = {}) {
  const chain = fakeChain()
  chain.mine(...transactions)
  options.meddle?.(chain)
  const reader = fakeChainReader(chain, 1, options.method)
  const rules = depositRules({ assets: ASSETS, isWatched: (to) => to === ALICE || to === BOB })
  const transfers = await findNative({ reader, rules })(await reader.blocks(0n, 1n))
  return transfers.map(({ position, amount, rejection }) =>
    [position, amount, rejection].filter((part) => part !== undefined).join(' '),
  )
}

type Options = { method?: (typeof METHODS)[number]; meddle?: (chain: FakeChain) => void }

describe.each([undefined, ...METHODS])('read by %s', (method) => {
  test('a transaction pays its value, and creations to the contract that they create', async () => {
    const transactions = [
      payNative(ALICE, 7n),
      payNative(STRANGER, 8n),
      fakeTransaction({ created: BOB, value: 9n }),
      fakeTransaction({ created: STRANGER, value: 9n }),
      { ...payNative(ALICE, 10n), succeeded: false },
    ]

    expect(await found(transactions, { ...(method ? { method } : {}) })).toEqual([
      'value 7',
      'value 9',
    ])
  })

  test('what an account sends to itself is nothing that it gets', async () => {
    const transactions = [fakeTransaction({ from: ALICE, to: ALICE, value: 7n })]

    expect(await found(transactions, { ...(method ? { method } : {}) })).toEqual([])
  })
})

describe.each(METHODS)('read by %s', (method) => {
  test('a contract pays by its calls, and is named as who paid', async () => {
    const chain = fakeChain()
    const transaction = paying({ ...payment, to: STRANGER }, { ...payment, calls: [] })
    const block = chain.mine(transaction)
    const reader = fakeChainReader(chain, 1, method)
    const rules = depositRules({ assets: ASSETS, isWatched: (address) => address === ALICE })

    const transfers = await findNative({ reader, rules })(await reader.blocks(1n, 1n))

    expect(transfers).toEqual([
      {
        txHash: transaction.hash,
        position: 'trace:1',
        asset: NATIVE,
        amount: 5n,
        from: CONTRACT,
        to: ALICE,
        block: expect.objectContaining({ number: 1n, hash: block.hash }),
      },
    ])
  })

  test('what was taken back is not found', async () => {
    const failed = { ...paying(payment), succeeded: false }
    const caught = paying({ ...payment, to: STRANGER, error: 'reverted', calls: [payment] })

    expect(await found([failed, caught], { method })).toEqual([])
  })

  test('a payment that is told twice is found once when the balance grew once', async () => {
    const transactions = [paying(payment, { ...bequest, isPhantom: true })]

    expect(await found(transactions, { method })).toEqual(['trace:0 5'])
  })

  test('and twice when the balance grew twice, whatever else moved in the block', async () => {
    const transactions = [
      payNative(ALICE, 1n),
      paying(payment, bequest),
      paying({ ...payment, from: ALICE, to: STRANGER, value: '0x3' }),
    ]

    expect(await found(transactions, { method })).toEqual(['value 1', 'trace:0 5', 'trace:1 5'])
  })

  test('it is held where the balance can not tell: the account paid a fee', async () => {
    const spending = fakeTransaction({ from: ALICE, to: STRANGER, value: 1n })

    expect(await found([spending, paying(payment, bequest)], { method })).toEqual([
      'trace:0 5',
      'trace:1 5 unproven',
    ])
  })

  test('a balance that the node does not tell is asked again, never taken for one', async () => {
    const finding = found([paying(payment, bequest)], {
      method,
      meddle: (chain) =>
        chain.meddle(({ method: asked }, answer) => (asked === 'eth_getBalance' ? null : answer)),
    })

    await expect(finding).rejects.toBeInstanceOf(BlockProofError)
  })

  test('balances are not asked for where nobody doubts, or nobody watches', async () => {
    const asked: string[] = []
    const toStranger = [payment, bequest].map((call) => ({ ...call, to: STRANGER }))

    await found([paying(payment), paying(...toStranger)], {
      method,
      meddle: (chain) =>
        chain.meddle((call, answer) => {
          asked.push(call.method)
          return answer
        }),
    })

    expect(asked).not.toContain('eth_getBalance')
  })
})
