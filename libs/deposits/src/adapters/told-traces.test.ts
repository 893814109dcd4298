import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TraceFormatError, toldTraceBlock, traceBlockTraces } from './call-traces.ts'
import { readToldTraces } from './told-traces.ts'

const HASH = `0x${'b'.repeat(64)}`

const callsOf = (count: number) =>
  Array.from({ length: count }, () => ({ method: 'trace_block', params: [] }))

const readAll = (answers: unknown, count: number) =>
  readToldTraces(Buffer.from(JSON.stringify(answers)), callsOf(count))

const answerOf = (result: unknown, id = 0) => ({ jsonrpc: '2.0', id, result })

const address = fc.constantFrom('a', 'b', 'C').map((digit) => `0x${digit.repeat(40)}`)
const value = fc.constantFrom('0x0', '0x5', `0x${'f'.repeat(64)}`)

/** What most transactions are: one call, with fields around it that nobody asks for. */
const plainFrame = fc
  .record({ from: address, to: address, value, failed: fc.boolean(), number: fc.nat(3) })
  .map(({ failed, number, ...action }) => ({
    action: { callType: 'call', gas: '0x5208', input: '0x"\\', ...action },
    ...{ blockHash: HASH, blockNumber: 7 },
    ...(failed ? { error: 'Reverted' } : { result: { gasUsed: '0x0', output: '0x' } }),
    ...{
      subtraces: 0,
      traceAddress: [] as number[],
      transactionHash: `0x${number}`.padEnd(66, '0'),
    },
    ...{ transactionPosition: number, type: 'call' },
  }))

type Frame = { [key: string]: unknown; action: Record<string, unknown> }

/** Changes that make a frame another one, or none at all. */
const CHANGES: readonly ((frame: Frame) => unknown)[] = [
  (frame) => frame,
  (frame) => ({ ...frame, subtraces: 1 }),
  (frame) => ({ ...frame, traceAddress: [0] }),
  (frame) => ({ ...frame, type: 'reward' }),
  (frame) => ({ ...frame, type: 'suicide', action: { address: frame.action['from'] } }),
  (frame) => ({ ...frame, type: 'create', result: { address: frame.action['to'] } }),
  (frame) => ({ ...frame, error: null }),
  (frame) => ({ ...frame, blockHash: `0x${'c'.repeat(64)}` }),
  (frame) => ({ ...frame, action: { ...frame.action, callType: 'delegatecall' } }),
  (frame) => ({ ...frame, action: { ...frame.action, callType: undefined } }),
  (frame) => ({ ...frame, action: { ...frame.action, value: undefined } }),
  (frame) => ({ ...frame, action: { ...frame.action, value: '5' } }),
  (frame) => ({ ...frame, action: { ...frame.action, to: null } }),
  (frame) => ({ ...frame, action: { ...frame.action, from: '0xa' } }),
  (frame) => ({ ...frame, action: null }),
  (frame) => ({ ...frame, transactionHash: null }),
  (frame) => ({ ...frame, traceAddress: undefined }),
  () => null,
  () => 'frame',
]

test('tells of bytes what it would of their values, whatever frames are among them', () => {
  const frame = fc
    .tuple(plainFrame, fc.oneof(fc.constant(CHANGES[0]), fc.constantFrom(...CHANGES)))
    .map(([plain, change]) => change?.(plain))
  let told = 0
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.constantFrom(0, 1), (frames, space) => {
      const values = JSON.parse(JSON.stringify(frames))
      const body = Buffer.from(JSON.stringify(answerOf(frames), null, space))
      const [given = null] = readToldTraces(body, callsOf(1)) ?? []

      const found = outcome(() => toldTraceBlock(given, HASH))
      expect(found).toEqual(outcome(() => traceBlockTraces(values, HASH)))
      if (typeof found !== 'string') told += found.length
    }),
    { numRuns: 500 },
  )
  expect(told).toBeGreaterThan(200)
})

test('a call inside of another one is told in its place', () => {
  const frame = { action: { callType: 'call', from: A, to: B, value: '0x1' }, type: 'call' }
  const place = { blockHash: HASH, transactionHash: '0x1' }
  const frames = [
    { ...frame, ...place, traceAddress: [], subtraces: 1 },
    { ...frame, ...place, traceAddress: [0], subtraces: 0 },
  ]
  const [given = null] = readAll([answerOf(frames)], 1) ?? []

  expect(toldTraceBlock(given, HASH)).toMatchObject([
    { txHash: '0x1', root: { value: 1n, calls: [{ from: A, to: B, value: 1n, calls: [] }] } },
  ])
})

test('what a producer is paid stands between transactions, and inside of none', () => {
  const frame = { action: { callType: 'call', from: A, to: B, value: '0x1' }, type: 'call' }
  const place = { blockHash: HASH, transactionHash: TX }
  const root = { ...frame, ...place, traceAddress: [], subtraces: 1 }
  const below = { ...frame, ...place, traceAddress: [0], subtraces: 0 }
  const reward = { ...root, type: 'reward', transactionHash: null, subtraces: 0 }
  const readBoth = (frames: unknown[]) => {
    const [given = null] = readAll([answerOf(frames)], 1) ?? []
    return [
      outcome(() => toldTraceBlock(given, HASH)),
      outcome(() => traceBlockTraces(frames, HASH)),
    ]
  }
  const [told, values] = readBoth([root, below, reward, { ...root, subtraces: 0 }])

  expect(told).toMatchObject([{ txHash: TX }, { txHash: TX }])
  expect(values).toEqual(told)
  expect(readBoth([root, reward, below])).toEqual(['refused', 'refused'])
  expect(readBoth([{ ...root, subtraces: 0 }, reward, below])).toEqual(['refused', 'refused'])
})

test('tells each block its own frames, in the order of the calls', () => {
  const plain = fc.sample(plainFrame, { numRuns: 3, seed: 1 })
  const told = readAll([answerOf(plain, 1), answerOf(null, 2), answerOf([], 0)], 3) ?? []

  expect(told.map((given) => given && given.to - given.from)).toEqual([0, 3, null])
  expect(() => toldTraceBlock(told[2] ?? null, HASH)).toThrow(TraceFormatError)
})

describe('reads nothing of a body', () => {
  test.each<[string, unknown]>([
    ['that lacks an answer', [answerOf([])]],
    ['with an error in it', [answerOf([]), { id: 1, error: { code: -32005, message: 'no' } }]],
    ['with an answer to nothing that was asked', [answerOf([]), answerOf([], 2)]],
    ['that refuses all of it', { id: null, error: { code: -32005, message: 'no' } }],
  ])('%s', (_, body) => {
    expect(readAll(body, 2)).toBeUndefined()
  })
})

const TX = `0x${'1'.repeat(64)}`
const [A, B] = [`0x${'a'.repeat(40)}`, `0x${'b'.repeat(40)}`]

function outcome<T>(make: () => T): T | 'refused' {
  try {
    return make()
  } catch (error) {
    if (error instanceof TraceFormatError) return 'refused'
    throw error
  }
}
