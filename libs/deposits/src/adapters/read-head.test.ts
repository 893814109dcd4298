import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import { describe, expect, test } from 'vitest'
import { type FakeChain, fakeChain } from '../testing/fake-chain.ts'
import { jsonRpcChainReader } from './json-rpc-chain-reader.ts'
import { BlockMissingError } from './rpc-answers.ts'
import { BlockProofError } from './verify-block.ts'

describe('a head', () => {
  test('must be what its hash says, for its number alone is quickly made up', async () => {
    const { chain, reader } = chainWith(5)
    chain.meddle(({ params }, answer) =>
      params[0] === 'latest' ? { ...(answer as object), number: '0x3' } : answer,
    )

    await expect(reader.head()).rejects.toBeInstanceOf(BlockProofError)
  })

  test('that is a little before the others is the newest block', async () => {
    const { chain, reader } = chainWith(5, { common: 2n })

    expect(await reader.head()).toMatchObject({ number: 5n, hash: chain.blocks()[5]?.hash })
  })

  test('that runs away from the others is theirs', async () => {
    const { chain, reader } = chainWith(9, { common: 5n })

    const head = await reader.head()

    expect(head).toMatchObject({ number: 5n, hash: chain.blocks()[5]?.hash })
    expect((await reader.blocks(5n, 5n)).map(({ hash }) => hash)).toEqual([head.hash])
  })

  test('that could not be read up to is before the others by no block', async () => {
    const { chain, reader } = chainWith(5, { common: 4n })
    chain.lag(1)
    await expect(reader.blocks(5n, 5n)).rejects.toBeInstanceOf(BlockMissingError)
    chain.lag(0)

    const doubted = await reader.head()
    await reader.blocks(4n, 4n)

    expect([doubted.number, (await reader.head()).number]).toEqual([4n, 5n])
  })
})

test('a header that is lower than what was told is missing, and not beyond the head', async () => {
  const { chain, reader } = chainWith(5, { common: 5n })
  chain.lag(2)

  await expect(reader.headerAt(5n)).rejects.toBeInstanceOf(BlockMissingError)
  expect(await reader.headerAt(6n)).toBeUndefined()
})

/** A reader of a chain of so many blocks, of which all endpoints together have told `common`. */
function chainWith(blocks: number, { common }: { common?: bigint } = {}) {
  const chain: FakeChain = fakeChain()
  chain.mineEmpty(blocks)
  const reader = jsonRpcChainReader(
    { pin: (work) => work(chain.rpc), head: () => common },
    { proof: WHOLE_PROOF },
  )
  return { chain, reader }
}
