import type { Address, Hex } from 'viem'

/** A call as `callTracer` describes it. What is absent there is `undefined` here. */
export type CallFrame = {
  type: string
  from: Address
  /** Absent where a creation failed, and on Anvil where a borrowed SELFDESTRUCT pays its own. */
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
}

const MOVES_VALUE = new Set(['CALL', 'CREATE', 'CREATE2', 'SELFDESTRUCT'])
/** These run the code of others in the caller's name, so they move nothing. */
const BORROWS_CODE = new Set(['DELEGATECALL', 'CALLCODE'])

/**
 * The coin that moved below the first frame of a transaction, in the order in which it moved: only
 * by frames that succeeded and whose ancestors all did, and only from one account to another.
 */
export function movedValue(root: CallFrame): MovedValue[] {
  return root.error === undefined ? below(root, []) : []
}

function below(parent: CallFrame, path: readonly number[]): MovedValue[] {
  return (parent.calls ?? []).flatMap((frame, index) => {
    if (frame.error !== undefined) return []
    const place = [...path, index]
    const payer = frame.type === 'SELFDESTRUCT' ? runningAs(parent) : frame.from
    const amount = BigInt(frame.value ?? 0)
    const moves = MOVES_VALUE.has(frame.type) && amount > 0n && frame.to !== undefined
    const own: MovedValue[] =
      moves && frame.to !== payer
        ? [{ position: `trace:${place.join('.')}`, from: payer, to: frame.to as Address, amount }]
        : []
    return [...own, ...below(frame, place)]
  })
}

/**
 * In whose name a frame's code runs. A SELFDESTRUCT's own `from` can't be trusted: when a contract
 * leaves its coin to itself Anvil names the sender of what it was called with.
 */
function runningAs({ type, from, to }: CallFrame): Address {
  return BORROWS_CODE.has(type) || to === undefined ? from : to
}
