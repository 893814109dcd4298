import type { Address } from '@coffer/evm/address'

/** A call of coin, or a transaction itself, as a node tells of it, in words that may be changed. */
export type ToldCall = {
  txHash: string
  /** Its place among the calls of its transaction; empty of the transaction itself. */
  path: readonly number[]
  from: string
  to: Address
  value: bigint
  /** Whether it failed by itself, while all above it succeeded. */
  hasFailed: boolean
  setValue(value: bigint): void
  succeed(): void
}

type Frame = {
  type: string
  from?: string
  to?: Address
  value?: string
  error?: string
  calls?: Frame[]
}
type Listed = {
  type: string
  action: { callType?: string; from?: string; to?: Address; value?: string }
  error?: string
  traceAddress: number[]
  transactionHash: string
}
type Root = { txHash: string; result: Frame }

/**
 * The calls of coin in an answer of `debug_traceBlockByHash` or `trace_block` that nobody but a
 * trace tells of: none of a block in which a contract ended, for what such a block tells is held
 * against balances.
 */
export function toldCalls(answer: unknown[]): ToldCall[] {
  if (/SELFDESTRUCT|suicide/.test(JSON.stringify(answer))) return []
  const isTree = answer.every((entry) => 'result' in (entry as object))
  const calls = isTree ? (answer as Root[]).flatMap(inTree) : inList(answer as Listed[])
  // That a transaction succeeded or failed its receipt proves.
  const isOpen = ({ hasFailed, path }: ToldCall) => !hasFailed || path.length > 0
  return calls.filter((call) => call.value > 0n && isOpen(call))
}

function inTree({ txHash, result }: Root): ToldCall[] {
  const below = (frame: Frame, path: readonly number[]): ToldCall[] => {
    const inner = frame.error
      ? []
      : (frame.calls ?? []).flatMap((call, index) => below(call, [...path, index]))
    if (frame.type !== 'CALL' || frame.to === undefined) return inner
    const call: ToldCall = {
      ...{ txHash, path, from: frame.from ?? '', to: frame.to, value: BigInt(frame.value ?? 0) },
      hasFailed: frame.error !== undefined,
      setValue(value) {
        frame.value = `0x${value.toString(16)}`
      },
      succeed() {
        delete frame.error
      },
    }
    return [call, ...inner]
  }
  return below(result, [])
}

function inList(listed: readonly Listed[]): ToldCall[] {
  const failed = new Set(listed.filter(({ error }) => error).map(placeOf))
  return listed.flatMap((entry): ToldCall[] => {
    const { action, traceAddress: path, transactionHash: txHash } = entry
    const isUndone = path.some((_, depth) => failed.has(placeOf({ ...entry, depth })))
    if (isUndone || action.callType !== 'call' || action.to === undefined) return []
    return [
      {
        ...{
          txHash,
          path,
          from: action.from ?? '',
          to: action.to,
          value: BigInt(action.value ?? 0),
        },
        hasFailed: entry.error !== undefined,
        setValue(value) {
          action.value = `0x${value.toString(16)}`
        },
        succeed() {
          delete entry.error
        },
      },
    ]
  })
}

/** Names a call among all of a block, or the one above it at `depth`. */
const placeOf = ({
  transactionHash,
  traceAddress,
  depth = traceAddress.length,
}: Listed & { depth?: number }) => `${transactionHash} ${traceAddress.slice(0, depth).join('.')}`
