import type { Address, Hex } from 'viem'

/** A call as `callTracer` describes it. What is absent there is `undefined` here. */
export type CallFrame = {
  type: string
  from: Address
  /** Absent where a creation failed, and on Anvil in some SELFDESTRUCTs that pay nobody. */
  to?: Address
  value?: Hex
  error?: string
  calls?: readonly CallFrame[]
}

export type MovedValue = {
  /** `trace:` and the place of the frame in its tree, such as `trace:0.1`. */
  position: string
  from: Address
  to: Address
  amount: bigint
  /**
   * Whether this is a SELFDESTRUCT that says the same as the movement before it. Of a contract that
   * leaves its coin to itself Anvil names the movement before, so it may not have happened.
   */
  doubtful: boolean
}

const MOVES_VALUE = new Set(['CALL', 'CREATE', 'CREATE2', 'SELFDESTRUCT'])
/** These run the code of others in the caller's name, so they move nothing. */
const BORROWS_CODE = new Set(['DELEGATECALL', 'CALLCODE'])

/**
 * The coin that moved below the first frame of a transaction, in the order in which it moved: only
 * by frames that succeeded and whose ancestors all did, and only from one account to another.
 */
export function movedValue(root: CallFrame): MovedValue[] {
  if (root.error !== undefined) return []
  const moved: MovedValue[] = []
  for (const { position, parent, frame } of succeeded(root, [])) {
    const { type, from, to, value = '0x0' } = frame
    const amount = BigInt(value)
    if (!MOVES_VALUE.has(type) || to === undefined || to === from || amount === 0n) continue
    const isBequest = type === 'SELFDESTRUCT'
    // Then it is the movement before that is named, and this one went nowhere.
    if (isBequest && (from !== runningAs(parent) || to === runningAs(parent))) continue
    const before = moved.at(-1)
    const repeats = before?.from === from && before.to === to && before.amount === amount
    moved.push({ position, from, to, amount, doubtful: isBequest && repeats })
  }
  return moved
}

type Placed = { position: string; parent: CallFrame; frame: CallFrame }

function succeeded(parent: CallFrame, path: readonly number[]): Placed[] {
  return (parent.calls ?? []).flatMap((frame, index) => {
    if (frame.error !== undefined) return []
    const place = [...path, index]
    return [{ position: `trace:${place.join('.')}`, parent, frame }, ...succeeded(frame, place)]
  })
}

/** In whose name a frame's code runs. */
function runningAs({ type, from, to }: CallFrame): Address {
  return BORROWS_CODE.has(type) || to === undefined ? from : to
}
