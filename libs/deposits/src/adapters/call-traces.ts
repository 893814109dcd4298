import type { Address } from '@coffer/evm/address'
import { type Units, units } from '@coffer/money/units'
import type { CallFrame } from '../domain/call-frame.ts'

/** The calls of one transaction. */
export type TransactionTrace = { txHash: string; root: CallFrame }

/** What is read of traces by either method. The rest, calldata above all, is most of them. */
export const TRACE_FIELDS = [
  ...['txHash', 'result', 'type', 'from', 'to', 'value', 'error', 'calls'],
  ...['blockHash', 'transactionHash', 'traceAddress', 'subtraces', 'action', 'callType'],
  ...['address', 'refundAddress', 'balance'],
]

/** An answer that is no trace of any block. Says what is wrong with it. */
export class TraceFormatError extends TypeError {}

/**
 * Reads what `debug_traceBlockByHash` answers with `callTracer`: a tree for each transaction.
 * Throws {@link TraceFormatError}.
 */
export function callTracerTraces(answer: unknown): TransactionTrace[] {
  return listOf(answer).map((entry, index) => {
    const { txHash, result } = objectOf(entry, `trace ${index}`)
    if (typeof txHash !== 'string')
      throw new TraceFormatError(`trace ${index} names no transaction`)
    return { txHash, root: frameOf(result) }
  })
}

const KINDS: Readonly<Record<string, CallFrame['kind']>> = {
  CALL: 'call',
  CREATE: 'create',
  CREATE2: 'create',
  SELFDESTRUCT: 'selfdestruct',
  DELEGATECALL: 'borrow',
  CALLCODE: 'borrow',
  STATICCALL: 'read',
}

function frameOf(answer: unknown): CallFrame {
  const { type, from, to, value, error, calls } = objectOf(answer, 'a frame')
  const kind = Object.hasOwn(KINDS, String(type)) ? KINDS[String(type)] : undefined
  if (kind === undefined) throw new TraceFormatError(`a frame is of the unknown type ${type}`)
  return {
    kind,
    from: addressOf(from),
    to: nullOr(to, addressOf),
    value: amountOf(value),
    failed: isGiven(error),
    calls: isGiven(calls) ? listOf(calls).map(frameOf) : [],
  }
}

type OpenFrame = CallFrame & { calls: CallFrame[] }

/**
 * Reads what `trace_block` answers about the block with this hash: a list of frames, of which each
 * tells its transaction and its place. Throws {@link TraceFormatError} if one is of another block
 * or is missing.
 */
export function traceBlockTraces(answer: unknown, blockHash: string): TransactionTrace[] {
  const traces: TransactionTrace[] = []
  let frames = new Map<string, { frame: OpenFrame; children: unknown }>()
  const close = () => {
    for (const [place, { frame, children }] of frames) {
      if (frame.calls.length === children) continue
      throw new TraceFormatError(`${frame.calls.length} of ${children} calls below ${place || '-'}`)
    }
  }
  for (const answered of listOf(answer)) {
    const entry = objectOf(answered, 'a frame')
    if (entry['blockHash'] !== blockHash) {
      throw new TraceFormatError(`a frame of block ${entry['blockHash']}`)
    }
    // What the producer of the block is paid; of no transaction.
    if (entry['type'] === 'reward') continue
    const txHash = String(entry['transactionHash'])
    const path = listOf(entry['traceAddress'])
    const frame = listedFrame(entry)
    if (path.length === 0) {
      close()
      frames = new Map()
      traces.push({ txHash, root: frame })
    } else {
      const parent = frames.get(path.slice(0, -1).join('.'))?.frame
      const isNext = parent?.calls.length === path.at(-1) && traces.at(-1)?.txHash === txHash
      if (!parent || !isNext) {
        throw new TraceFormatError(`frame ${path.join('.')} of ${txHash} is out of place`)
      }
      parent.calls.push(frame)
    }
    frames.set(path.join('.'), { frame, children: entry['subtraces'] })
  }
  close()
  return traces
}

const CALL_KINDS: Readonly<Record<string, CallFrame['kind']>> = {
  call: 'call',
  delegatecall: 'borrow',
  callcode: 'borrow',
  staticcall: 'read',
}

function listedFrame({ type, action: answer, result, error }: Fields): OpenFrame {
  const action = objectOf(answer, 'an action')
  const { from, to, value, callType } = action
  const failed = isGiven(error)
  const rest = { failed, calls: [] as CallFrame[] }
  if (type === 'suicide' || type === 'selfdestruct') {
    const { address, refundAddress, balance } = action
    const [from, to] = [addressOf(address), nullOr(refundAddress, addressOf)]
    return { kind: 'selfdestruct', from, to, value: amountOf(balance), ...rest }
  }
  const paid = { from: addressOf(from), value: amountOf(value) }
  if (type === 'create') {
    const created = failed ? undefined : objectOf(result, 'the result of a creation')['address']
    return { kind: 'create', to: nullOr(created, addressOf), ...paid, ...rest }
  }
  const name = String(callType)
  const kind = type === 'call' && Object.hasOwn(CALL_KINDS, name) ? CALL_KINDS[name] : undefined
  if (kind === undefined) {
    throw new TraceFormatError(`a frame is of the unknown type ${type} ${name}`)
  }
  return { kind, to: addressOf(to), ...paid, ...rest }
}

type Fields = Readonly<Record<string, unknown>>

const isGiven = (value: unknown) => value !== undefined && value !== null

function objectOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null) return value as Fields
  throw new TraceFormatError(`${what} is missing`)
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new TraceFormatError('a list is missing')
}

function addressOf(value: unknown): Address {
  if (typeof value === 'string' && /^0x[0-9a-f]{40}$/i.test(value)) {
    return value.toLowerCase() as Address
  }
  throw new TraceFormatError(`${JSON.stringify(value)} is no address`)
}

/** An absent value is none: STATICCALL and DELEGATECALL have none at some nodes. */
function amountOf(value: unknown): Units {
  if (!isGiven(value)) return units(0n)
  if (typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value)) return units(BigInt(value))
  throw new TraceFormatError(`${JSON.stringify(value)} is no amount`)
}

const nullOr = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  isGiven(value) ? read(value) : null
