import type { RpcCall } from '@coffer/evm/json-rpc'
import { describe, expect, test } from 'vitest'
import type { Block } from '../domain/block.ts'
import { depositRules, nativeCandidates } from '../domain/detect-transfers.ts'
import { type FakeChain, fakeAddress, fakeChain, type Meddler } from '../testing/fake-chain.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { ASSETS, payNative, payTokens } from '../testing/fake-transfers.ts'
import { BlockMissingError } from './rpc-answers.ts'
import { BlockProofError } from './verify-block.ts'

const ALICE = fakeAddress(0xa)

describe('the head', () => {
  test('is the newest block, without a tag when finality goes by depth', async () => {
    const { chain, reader } = chainWith(3)

    expect(await reader.head()).toEqual({ number: 3n, hash: chain.blocks()[3]?.hash, tagged: {} })
  })

  test('tells the height of the tag that finality goes by', async () => {
    const chain = fakeChain()
    chain.mineEmpty(5)
    const reader = fakeChainReader(chain, 'finalized')
    expect((await reader.head()).tagged).toEqual({})

    chain.tag(2n)

    expect((await reader.head()).tagged).toEqual({ finalized: 2n })
  })

  test('is never nothing: a node without one is asked again', async () => {
    const { chain, reader } = chainWith(3)
    chain.meddle(() => null)

    await expect(reader.head()).rejects.toBeInstanceOf(BlockMissingError)
  })
})

describe('the header at a height', () => {
  test('is the one of the canonical chain, and undefined beyond the head', async () => {
    const { chain, reader } = chainWith(3)
    const [, , second] = chain.blocks()

    expect(await reader.headerAt(2n)).toMatchObject({ number: 2n, hash: second?.hash })
    expect(await reader.headerAt(4n)).toBeUndefined()
  })
})

describe('blocks', () => {
  test('come whole and in order, also when they take several requests', async () => {
    const { chain, reader } = chainWith(35)

    const blocks = await reader.blocks(4n, 35n)

    expect(blocks.map(({ hash }) => hash)).toEqual(
      chain
        .blocks()
        .slice(4)
        .map(({ hash }) => hash),
    )
  })

  test('beyond the head are missing, never empty', async () => {
    const { reader } = chainWith(3)

    await expect(reader.blocks(3n, 4n)).rejects.toBeInstanceOf(BlockMissingError)
  })

  test('whose receipts the node does not have are refused', async () => {
    const { chain, reader } = chainWith(3)
    chain.meddle(answering('eth_getBlockReceipts', () => null))

    await expect(reader.blocks(1n, 3n)).rejects.toBeInstanceOf(BlockProofError)
  })

  test('whose logs the node leaves out are refused', async () => {
    const { chain, reader } = chainWith(0)
    chain.mine(payTokens([ALICE, 5n]))
    chain.meddle(answering('eth_getBlockReceipts', () => []))

    await expect(reader.blocks(1n, 1n)).rejects.toBeInstanceOf(BlockProofError)
  })

  test('at another height than was asked for are refused', async () => {
    const { chain, reader } = chainWith(3)
    const header = await chain.rpc.call('eth_getBlockByNumber', ['0x2', false])
    chain.meddle(answering('eth_getBlockByNumber', () => header))

    await expect(reader.blocks(1n, 3n)).rejects.toThrow(/asked for 1/)
  })

  test('are read by their hash, so that a reorg in between mixes nothing', async () => {
    const { chain, reader } = chainWith(0)
    chain.mine(payTokens([ALICE, 5n]))
    chain.meddle(
      answering('eth_getBlockByNumber', (header) => {
        chain.reorg(1, [payTokens([ALICE, 6n])])
        return header
      }),
    )

    await expect(reader.blocks(1n, 1n)).rejects.toThrow(/has no receipts/)
  })

  test('on top are read anew when the tip was replaced since it was polled', async () => {
    const { chain, reader } = chainWith(3)
    await reader.head()
    chain.reorg(1, [payTokens([ALICE, 6n])])
    await expect(reader.blocks(3n, 3n)).rejects.toBeInstanceOf(BlockProofError)

    const [block] = await reader.blocks(3n, 3n)

    expect(block?.hash).toBe(chain.blocks()[3]?.hash)
  })
})

describe('values', () => {
  test('are those of the transactions that were asked for', async () => {
    const { chain, reader } = chainWith(0)
    const payments = [payNative(ALICE, 5n), payNative(ALICE, 7n), payNative(ALICE, 0n)]
    chain.mine(...payments)

    const values = await reader.values(candidates(await reader.blocks(1n, 1n)))

    expect([...values]).toEqual(payments.map(({ hash, value }) => [hash, value]))
  })

  test('of many transactions are asked for in requests of bounded size', async () => {
    const { chain, reader } = chainWith(0)
    const payments = Array.from({ length: 1_001 }, (_, index) => payNative(ALICE, BigInt(index)))
    chain.mine(...payments)
    const sizes: number[] = []
    const { batch } = chain.rpc
    chain.rpc.batch = (calls: readonly RpcCall[]) => {
      sizes.push(calls.length)
      return batch(calls)
    }

    const values = await reader.values(candidates(await reader.blocks(1n, 1n)))

    expect(values.size).toBe(1_001)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500)
  })

  test.each<[string, (chain: FakeChain) => void]>([
    ['has left the chain', (chain) => chain.reorg(1, [])],
    ['is in another block now', (chain) => chain.reorg(1, [], [payment])],
    ['pays somebody else', lying({ to: fakeAddress(0xb) })],
    ['is not mined any more', lying({ blockHash: null })],
    ['is another one', lying({ hash: `0x${'e'.repeat(64)}` })],
  ])('of a transaction that %s are refused', async (_, happens) => {
    const { chain, reader } = chainWith(0)
    chain.mine(payment)
    const found = candidates(await reader.blocks(1n, 1n))

    happens(chain)

    await expect(reader.values(found)).rejects.toThrow(/is not the same any more/)
  })

  const payment = payNative(ALICE, 5n)
  function lying(lie: object) {
    return (chain: FakeChain) => {
      chain.meddle(
        answering('eth_getTransactionByHash', (truth) => ({ ...(truth as object), ...lie })),
      )
    }
  }
})

const answering =
  (method: string, change: (answer: unknown) => unknown): Meddler =>
  (call, answer) =>
    call.method === method ? change(answer) : answer

const candidates = (blocks: readonly Block[]) =>
  blocks.flatMap((block) =>
    nativeCandidates([block], depositRules({ assets: ASSETS, isWatched: () => true })),
  )

function chainWith(blocks: number) {
  const chain = fakeChain()
  chain.mineEmpty(blocks)
  return { chain, reader: fakeChainReader(chain, 12) }
}
