import { units } from '@coffer/money/units'
import { describe, expect, test } from 'vitest'
import { BlockProofError } from '../adapters/verify-block.ts'
import { depositRules } from '../domain/detect-transfers.ts'
import {
  type BlockFacts,
  type FakeCall,
  fakeAddress,
  fakeChain,
  fakeTransaction,
} from '../testing/fake-chain.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { FAKE_GAS } from '../testing/fake-header.ts'
import { ASSETS, NATIVE, payNative } from '../testing/fake-transfers.ts'
import { findCoinbase } from './find-coinbase.ts'

const PRODUCER = fakeAddress(0xa)
const STRANGER = fakeAddress(0x57)
const CONTRACT = fakeAddress(0xc0)

const METHODS = [undefined, 'debug_traceBlockByHash', 'trace_block'] as const

type Method = (typeof METHODS)[number]

const tipping = (facts = {}) => fakeTransaction({ to: STRANGER, tip: 2n, ...facts })

/** What is found that the producer of a block of these facts earned. */
async function found(method: Method, facts: Partial<BlockFacts>) {
  const chain = fakeChain()
  const block = chain.mineBlock({ producer: PRODUCER, ...facts })
  const reader = fakeChainReader(chain, 1, method)
  const rules = depositRules({ assets: ASSETS, isWatched: (to) => to === PRODUCER })
  const transfers = await findCoinbase({ reader, rules })(await reader.blocks(0n, 1n))
  return { block, amounts: transfers.map(({ amount }) => amount), transfers }
}

const GAS = BigInt(FAKE_GAS)
const TIP = 2n * GAS

describe.each(METHODS)('read by %s', (method) => {
  test('a watched producer earned the tips, and is suspended by its block', async () => {
    const { block, transfers } = await found(method, {
      transactions: [tipping(), tipping({ succeeded: false })],
    })

    expect(transfers).toEqual([
      {
        txHash: block.hash,
        position: 'coinbase',
        asset: NATIVE,
        amount: 2n * TIP,
        from: fakeAddress(0),
        to: PRODUCER,
        block: expect.objectContaining({ hash: block.hash }),
        rejection: 'coinbase',
      },
    ])
  })

  test('what is found as transfers, or withdrawn, is not found once more', async () => {
    const { amounts } = await found(method, {
      transactions: [payNative(PRODUCER, 7n), tipping()],
      withdrawals: [{ index: 1n, to: PRODUCER, amount: units(10n ** 9n) }],
    })

    expect(amounts).toEqual([TIP])
  })

  test('nor does it earn less for what it spends, and its own fee', async () => {
    const transactions = [
      fakeTransaction({ from: PRODUCER, to: STRANGER, value: 10n ** 9n, tip: 3n }),
      fakeTransaction({ from: PRODUCER, to: STRANGER, value: 5n, succeeded: false }),
      tipping(),
    ]

    expect((await found(method, { transactions })).amounts).toEqual([TIP + 3n * GAS])
  })

  test('nothing is found where it earned nothing, or nobody watches it', async () => {
    const free = await found(method, { transactions: [payNative(PRODUCER, 7n)] })
    const other = await found(method, { producer: STRANGER, transactions: [tipping()] })

    expect([free.amounts, other.amounts]).toEqual([[], []])
  })

  test('what contracts pay it is never taken for fees, whether it is seen or not', async () => {
    const call: FakeCall = { type: 'CALL', from: CONTRACT, to: PRODUCER, value: '0x5' }
    const transactions = [tipping({ to: CONTRACT, calls: [call] })]

    expect((await found(method, { transactions })).amounts).toEqual([TIP])
  })
})

test('a reward beyond all fees is told by the balance where all calls are known', async () => {
  const chain = fakeChain()
  chain.mineBlock({ producer: PRODUCER, transactions: [tipping()] })
  let balances = 0
  chain.meddle(({ method }, answer) =>
    // The balance after the block is asked for first.
    method === 'eth_getBalance' && balances++ === 0
      ? `0x${(BigInt(String(answer)) + 99n).toString(16)}`
      : answer,
  )
  const reader = fakeChainReader(chain, 1, 'trace_block')
  const rules = depositRules({ assets: ASSETS, isWatched: (to) => to === PRODUCER })

  const [reward] = await findCoinbase({ reader, rules })(await reader.blocks(1n, 1n))

  expect(reward?.amount).toBe(TIP + 99n)
})

test('a node that tells no fees is asked again', async () => {
  const chain = fakeChain()
  chain.mineBlock({ producer: PRODUCER, transactions: [tipping()] })
  const reader = fakeChainReader(chain, 1)
  const blocks = await reader.blocks(1n, 1n)
  chain.meddle(({ method }, answer) => (method === 'eth_getBlockReceipts' ? null : answer))
  const rules = depositRules({ assets: ASSETS, isWatched: (to) => to === PRODUCER })

  await expect(findCoinbase({ reader, rules })(blocks)).rejects.toBeInstanceOf(BlockProofError)
})
