import { units } from '@coffer/money/units'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fakeAddress } from '../testing/fake-chain.ts'
import type { CallFrame } from './call-frame.ts'
import { nativePayments } from './native-payments.ts'

const SENDER = fakeAddress(0x5e)
const CONTRACT = fakeAddress(0xc0)
const OTHER = fakeAddress(0xc1)
const ALICE = fakeAddress(0xa)

const frame = (facts: Partial<CallFrame> & { amount?: bigint } = {}): CallFrame => {
  const { amount = 0n, ...rest } = facts
  return {
    kind: 'call',
    from: CONTRACT,
    to: ALICE,
    value: units(amount),
    failed: false,
    calls: [],
    ...rest,
  }
}

/** A transaction without value that calls {@link CONTRACT}. */
const callOf = (...calls: readonly CallFrame[]) => frame({ from: SENDER, to: CONTRACT, calls })

const told = (root: CallFrame) =>
  nativePayments(root).map(({ position, to, amount }) => `${position} ${amount} to ${to}`)

describe('a transaction pays', () => {
  test('its own value to whom it calls', () => {
    expect(nativePayments(frame({ from: SENDER, amount: 5n }))).toEqual([
      { position: 'value', from: SENDER, to: ALICE, amount: 5n, doubtful: false },
    ])
  })

  test('its own value to the contract that it creates', () => {
    const root = frame({ kind: 'create', from: SENDER, to: CONTRACT, amount: 5n })

    expect(told(root)).toEqual([`value 5 to ${CONTRACT}`])
  })

  test('what its calls pay, each by its place in their tree, callers first', () => {
    const inner = frame({ from: OTHER, amount: 3n })
    const outer = frame({ to: OTHER, amount: 2n, calls: [frame({ from: OTHER }), inner] })

    expect(told(callOf(frame({ amount: 1n }), outer))).toEqual([
      `trace:0 1 to ${ALICE}`,
      `trace:1 2 to ${OTHER}`,
      `trace:1.1 3 to ${ALICE}`,
    ])
  })

  test.each(['create', 'selfdestruct'] as const)('what a %s moves', (kind) => {
    expect(told(callOf(frame({ kind, amount: 1n })))).toEqual([`trace:0 1 to ${ALICE}`])
  })

  test('what the code of another pays in its name', () => {
    const borrowed = frame({ kind: 'borrow', to: OTHER, calls: [frame({ amount: 1n })] })

    expect(told(callOf(borrowed))).toEqual([`trace:0.0 1 to ${ALICE}`])
  })
})

describe('nothing is paid', () => {
  test.each([
    ['by a call of nothing', frame()],
    ['by borrowed code itself', frame({ kind: 'borrow', amount: 1n })],
    ['by a call that may change nothing', frame({ kind: 'read', amount: 1n })],
    ['by a call that failed', frame({ failed: true, amount: 1n })],
    ['below a call that failed', frame({ failed: true, calls: [frame({ amount: 1n })] })],
    ['by an account to itself', frame({ to: CONTRACT, amount: 1n })],
    ['to nobody', frame({ to: null, amount: 1n })],
  ])('%s, and the next call keeps its place', (_, call) => {
    expect(told(callOf(call, frame({ amount: 7n })))).toEqual([`trace:1 7 to ${ALICE}`])
  })

  test('by a transaction that failed', () => {
    const root = { ...callOf(frame({ amount: 1n })), failed: true, value: units(5n) }

    expect(nativePayments(root)).toEqual([])
  })
})

describe('a SELFDESTRUCT', () => {
  const bequest = (facts: Partial<CallFrame> = {}) =>
    frame({ kind: 'selfdestruct', amount: 1n, ...facts })

  test('that names another than the contract that ends is none of its', () => {
    expect(told(callOf(bequest({ from: OTHER })))).toEqual([])
  })

  test('that names the contract that ends as receiver moves nothing', () => {
    expect(told(callOf(bequest({ from: SENDER, to: CONTRACT })))).toEqual([])
  })

  test('by borrowed code ends the borrower', () => {
    const borrowed = (from: CallFrame['from']) =>
      callOf(frame({ kind: 'borrow', to: OTHER, calls: [bequest({ from })] }))

    expect(told(borrowed(CONTRACT))).toEqual([`trace:0.0 1 to ${ALICE}`])
    expect(told(borrowed(OTHER))).toEqual([])
  })

  test.each([
    ['that repeats the movement before it is doubtful', frame({ amount: 1n }), true],
    ['of another amount is not', frame({ amount: 2n }), false],
    ['to another is not', frame({ to: OTHER, amount: 1n }), false],
  ])('%s', (_, before, doubtful) => {
    const last = nativePayments(callOf(before, bequest())).at(-1)

    expect(last).toMatchObject({ position: 'trace:1', doubtful })
  })

  test("that repeats the transaction's own value is doubtful", () => {
    // An account with code of EIP-7702 pays a contract, which calls it back, and there it ends.
    const back = frame({
      from: CONTRACT,
      to: SENDER,
      calls: [bequest({ from: SENDER, to: CONTRACT })],
    })
    const root = frame({ from: SENDER, to: CONTRACT, amount: 1n, calls: [back] })

    expect(nativePayments(root).map(({ doubtful }) => doubtful)).toEqual([false, true])
  })
})

describe('of any calls', () => {
  const address = fc.constantFrom(SENDER, CONTRACT, OTHER, ALICE)
  const { tree } = fc.letrec<{ tree: CallFrame }>((tie) => ({
    tree: fc.record({
      kind: fc.constantFrom('call', 'create', 'selfdestruct', 'borrow', 'read'),
      from: address,
      to: fc.option(address),
      value: fc.nat(3).map((value) => units(BigInt(value))),
      failed: fc.nat(4).map((chance) => chance === 0),
      calls: fc.oneof(
        { maxDepth: 4 },
        fc.constant([]),
        fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      ),
    }),
  }))

  test('each payment is a frame at its place, none of which and above which failed', () => {
    fc.assert(
      fc.property(tree, (root) => {
        for (const { position, from, to, amount } of nativePayments(root)) {
          const frames = lineage(root, position)
          expect(frames.some(({ failed }) => failed)).toBe(false)
          expect(frames.at(-1)).toMatchObject({ from, to, value: amount })
          expect(amount > 0n && from !== to).toBe(true)
          expect(frames.at(-1)?.kind).toMatch(/^(call|create|selfdestruct)$/)
        }
      }),
    )
  })

  test('each call and creation that moved coin is paid once', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const paid = nativePayments(root).map(({ position }): string => position)
        expect(new Set(paid).size).toBe(paid.length)
        const missed = effective(root, []).filter(({ position }) => !paid.includes(position))
        expect(missed.filter(({ frame: { kind } }) => /^(call|create)$/.test(kind))).toEqual([])
      }),
    )
  })

  /** The frames from the first to the one at `position`. */
  function lineage(root: CallFrame, position: string): CallFrame[] {
    const path = position === 'value' ? [] : position.slice('trace:'.length).split('.').map(Number)
    const frames = [root]
    for (const index of path) frames.push(frames.at(-1)?.calls[index] as CallFrame)
    return frames
  }

  type Effective = { position: string; frame: CallFrame }

  function effective(frame: CallFrame, path: readonly number[]): Effective[] {
    if (frame.failed) return []
    const moved = frame.value > 0n && frame.to !== null && frame.to !== frame.from
    const position = path.length === 0 ? 'value' : `trace:${path.join('.')}`
    return [
      ...(moved ? [{ position, frame }] : []),
      ...frame.calls.flatMap((each, index) => effective(each, [...path, index])),
    ]
  }
})
