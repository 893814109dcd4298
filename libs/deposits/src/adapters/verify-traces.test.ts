import { describe, expect, test } from 'vitest'
import { type FakeCall, fakeAddress, fakeChain, fakeTransaction } from '../testing/fake-chain.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { payNative } from '../testing/fake-transfers.ts'
import { BlockProofError } from './verify-block.ts'

const ALICE = fakeAddress(0xa)
const CONTRACT = fakeAddress(0xc0)
const SENDER = fakeAddress(0xfee)
const STRANGER = fakeAddress(0x57)

type Entry = Record<string, unknown>
type Lie = (answer: Entry[]) => unknown

const payment: FakeCall = { type: 'CALL', from: CONTRACT, to: ALICE, value: '0x5' }
const failure: FakeCall = { ...payment, error: 'out of gas', calls: [payment] }

/** A block of one transaction of each sort. */
function tracedChain() {
  const chain = fakeChain()
  chain.mine(
    payNative(ALICE, 7n),
    fakeTransaction({
      to: CONTRACT,
      calls: [payment, failure, { ...payment, type: 'STATICCALL' }],
    }),
    fakeTransaction({ to: CONTRACT, succeeded: false, calls: [payment] }),
    fakeTransaction({
      created: CONTRACT,
      value: 3n,
      calls: [{ ...payment, type: 'SELFDESTRUCT' }],
    }),
  )
  return chain
}

const METHODS = ['debug_traceBlockByHash', 'trace_block'] as const
type Method = (typeof METHODS)[number]

async function blockTold(
  traceMethod: Method,
  lie: Lie = (answer) => answer,
  chain = tracedChain(),
) {
  chain.meddle(({ method }, answer) =>
    method === traceMethod ? lie(structuredClone(answer) as Entry[]) : answer,
  )
  const [block] = await fakeChainReader(chain, 1, traceMethod).blocks(1n, 1n)
  return block
}

test('both methods tell the same calls', async () => {
  const [byTracer, byList] = await Promise.all(METHODS.map((method) => blockTold(method)))

  expect(byTracer?.traces).toEqual(byList?.traces)
  expect(byTracer?.traces).toMatchObject([
    { kind: 'call', from: SENDER, to: ALICE, value: 7n, failed: false, calls: [] },
    {
      to: CONTRACT,
      calls: [
        { kind: 'call', from: CONTRACT, to: ALICE, value: 5n, failed: false },
        { failed: true, calls: [{ failed: false, value: 5n }] },
        { kind: 'read' },
      ],
    },
    { failed: true, calls: [{ failed: false, value: 5n }] },
    { kind: 'create', to: CONTRACT, value: 3n, calls: [{ kind: 'selfdestruct', to: ALICE }] },
  ])
})

test.each(METHODS)('an empty block has no calls, and %s is not asked for', async (traceMethod) => {
  const chain = fakeChain()
  chain.mineEmpty(1)
  chain.meddle(({ method }, answer) => (method === traceMethod ? null : answer))

  const blocks = await fakeChainReader(chain, 1, traceMethod).blocks(0n, 1n)

  expect(blocks.map(({ traces }) => traces)).toEqual([[], []])
})

test('nobody is asked for traces of a chain that is read without', async () => {
  const chain = tracedChain()
  const asked = new Set<string>()
  chain.meddle(({ method }, answer) => {
    asked.add(method)
    return answer
  })

  const [block] = await fakeChainReader(chain, 1).blocks(1n, 1n)

  expect(block?.traces).toBeUndefined()
  expect([...asked]).toEqual(['eth_getBlockByNumber', 'eth_getBlockReceipts'])
})

describe.each(METHODS)('by %s a block is refused', (method) => {
  /** Changes the first frame of the transaction at `index`. */
  const inRoot = (index: number, change: (root: Entry) => Entry): Lie => {
    if (method === 'debug_traceBlockByHash') {
      return (told) => told.with(index, { ...told[index], result: change(resultOf(told[index])) })
    }
    return (told) => {
      const at = told.map((entry, place) => [entry, place] as const)
      const roots = at.filter(([entry]) => (entry['traceAddress'] as unknown[]).length === 0)
      const [root, place] = roots[index] as [Entry, number]
      const { action, result, ...rest } = root
      const flat = { ...rest, ...(action as Entry), ...(result as Entry | undefined) }
      const { from, to, address, value, error, type } = change(flat)
      const changed = { ...rest, type, action: { ...(action as Entry), from, to, value } }
      return told.with(place, {
        ...changed,
        ...(error ? { error } : { error: undefined }),
        ...(result ? { result: { address: type === 'create' ? (to ?? address) : address } } : {}),
      })
    }
  }
  const resultOf = (entry: Entry | undefined) => entry?.['result'] as Entry

  test.each<[string, Lie]>([
    ['there is no answer', () => null],
    ['there is an empty answer', () => []],
    [
      'the last transaction is missing',
      (told) => told.slice(0, method === 'trace_block' ? -2 : -1),
    ],
    ['the first transaction is missing', (told) => told.slice(1)],
    ['transactions are in another order', (told) => [...told.slice(1), told[0]]],
    ['an entry is nothing', (told) => [null, ...told.slice(1)]],
    ['the answer is no list', () => ({ traces: [] })],
    ['one failed that succeeded', inRoot(0, (root) => ({ ...root, error: 'out of gas' }))],
    ['one succeeded that failed', inRoot(2, (root) => ({ ...root, error: undefined }))],
    ['one is from another', inRoot(0, (root) => ({ ...root, from: STRANGER }))],
    ['one is to another', inRoot(0, (root) => ({ ...root, to: STRANGER }))],
    ['one created another contract', inRoot(3, (root) => ({ ...root, to: STRANGER }))],
    ['one is of an unknown type', inRoot(1, (root) => ({ ...root, type: 'AUTHCALL' }))],
    ['an address is none', inRoot(1, (root) => ({ ...root, from: '0x12' }))],
    ['a value is none', inRoot(0, (root) => ({ ...root, value: '7 wei' }))],
  ])('when %s', async (_, lie) => {
    await expect(blockTold(method, lie)).rejects.toBeInstanceOf(BlockProofError)
  })
})

describe('by trace_block a block is refused', () => {
  const other = `0x${'e'.repeat(64)}`
  test.each<[string, Lie]>([
    ['that is another one', (told) => told.map((entry) => ({ ...entry, blockHash: other }))],
    ['of which a frame does not tell it', (told) => told.with(2, { ...told[2], blockHash: null })],
    ['of which a call is missing', (told) => told.toSpliced(2, 1)],
    ['of which the last call is missing', (told) => told.slice(0, -1)],
    [
      'of which a call stands below another',
      (told) => told.with(3, { ...told[3], traceAddress: [0, 0] }),
    ],
    [
      'of which a call is of another transaction',
      (told) => told.with(2, { ...told[2], transactionHash: other }),
    ],
  ])('%s', async (_, lie) => {
    await expect(blockTold('trace_block', lie)).rejects.toBeInstanceOf(BlockProofError)
  })

  test('and what its producer is paid is none of its calls', async () => {
    const reward = (told: Entry[]) => ({ type: 'reward', blockHash: told[0]?.['blockHash'] })

    const block = await blockTold('trace_block', (told) => [...told, reward(told)])

    expect(block?.traces).toHaveLength(4)
  })
})

describe('a single call that moves no coin', () => {
  const other = `0x${'e'.repeat(64)}`

  /** Calls without coin, of which one failed, and between them a payment. */
  const quietChain = () => {
    const chain = fakeChain()
    const call = fakeTransaction({ to: CONTRACT })
    const failed = fakeTransaction({ to: STRANGER, succeeded: false })
    chain.mine(call, payNative(ALICE, 7n), failed)
    return chain
  }
  const inAction = (change: Entry): Lie => {
    return ([first = {}, ...rest]) => [
      { ...first, action: { ...(first['action'] as Entry), ...change } },
      ...rest,
    ]
  }
  const inFrame = (index: number, change: Entry): Lie => {
    return (told) => told.with(index, { ...told[index], ...change })
  }

  test('is not read any further where its receipt says the same', async () => {
    const block = await blockTold('trace_block', undefined, quietChain())

    expect(block?.traces).toMatchObject([null, { to: ALICE, value: 7n }, null])
  })

  test.each<[string, Lie]>([
    ['is of another transaction', inFrame(0, { transactionHash: other })],
    ['is of another block', inFrame(0, { blockHash: other })],
    ['is from another', inAction({ from: STRANGER })],
    ['is to another', inAction({ to: STRANGER })],
    ['is to nobody', inAction({ to: null })],
    ['failed, and not so its receipt', inFrame(0, { error: 'out of gas' })],
    ['succeeded, and not so its receipt', inFrame(2, { error: undefined })],
    ['is one too many', (told) => [...told, told.at(-1)]],
  ])('is refused when it %s', async (_, lie) => {
    const told = blockTold('trace_block', lie, quietChain())

    await expect(told).rejects.toBeInstanceOf(BlockProofError)
  })

  test.each<[string, Lie]>([
    ['moves coin after all', inAction({ value: '0x5' })],
    ['is written in upper case', inAction({ to: `0x${CONTRACT.slice(2).toUpperCase()}` })],
  ])('is read when it %s', async (_, lie) => {
    const block = await blockTold('trace_block', lie, quietChain())

    expect(block?.traces?.[0]).toMatchObject({ kind: 'call', to: CONTRACT })
  })
})
