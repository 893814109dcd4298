import type { Address } from '@coffer/evm/address'
import type { Units } from '@coffer/money/units'
import type { CallFrame } from './call-frame.ts'
import type { TracePosition } from './transfer.ts'

/** Native coin that moved from one account to another. */
export type NativePayment = {
  position: 'value' | TracePosition
  from: Address
  to: Address
  amount: Units
  /**
   * Whether this is a SELFDESTRUCT that says the same as the movement before it. Of a contract that
   * leaves its coin to itself some nodes name the movement before, so it may not have happened:
   * only balances tell.
   */
  doubtful: boolean
}

const MOVES_VALUE = new Set<CallFrame['kind']>(['call', 'create', 'selfdestruct'])

/**
 * The coin that a transaction moved, by the tree of its calls, in the order in which it moved: its
 * own value first, then what calls paid that succeeded as did all calls above them.
 */
export function nativePayments(root: CallFrame): NativePayment[] {
  const movesNothing = root.value === 0n && root.calls.length === 0
  if (root.failed || movesNothing) return []
  const payments: NativePayment[] = []
  for (const { path, parent, frame } of succeeded(root)) {
    const { kind, from, to, value: amount } = frame
    if (!MOVES_VALUE.has(kind) || to === null || to === from || amount === 0n) continue
    const isBequest = kind === 'selfdestruct'
    // Then it is the movement before that is named, and this one went nowhere.
    if (isBequest && (from !== runningAs(parent) || to === runningAs(parent))) continue
    const before = payments.at(-1)
    const repeats = before?.from === from && before.to === to && before.amount === amount
    const position = path === '' ? 'value' : (`trace:${path}` as const)
    payments.push({ position, from, to, amount, doubtful: isBequest && repeats })
  }
  return payments
}

type Placed = { path: string; parent: CallFrame; frame: CallFrame }

/** Frames from the first on, each before those below it. */
function succeeded(root: CallFrame): Placed[] {
  const placed: Placed[] = [{ path: '', parent: root, frame: root }]
  const descend = (parent: CallFrame, prefix: string) => {
    for (const [index, frame] of parent.calls.entries()) {
      if (frame.failed) continue
      const path = `${prefix}${index}`
      placed.push({ path, parent, frame })
      descend(frame, `${path}.`)
    }
  }
  descend(root, '')
  return placed
}

/** In whose name a frame's code runs. */
const runningAs = ({ kind, from, to }: CallFrame): Address =>
  kind === 'borrow' || to === null ? from : to
