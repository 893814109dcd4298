import type { Address } from '@coffer/evm/address'
import { textIn } from '@coffer/evm/json-reader'
import { type Units, units } from '@coffer/money/units'
import type { CallFrame } from '../domain/call-frame.ts'
import { ADDRESS, FRAME, FRAME_FIELDS, frameText, type ToldTraces, WORD } from './told-traces.ts'

/** The calls of one transaction. */
export type TransactionTrace = { txHash: string; root: CallFrame }

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

/**
 * Like {@link traceBlockTraces}, of the bytes of the answer. A transaction that called nobody else,
 * as most don't, is read where it lies, or not at all and `null` where `isQuiet` says so of its row
 * and its place in the block; of the others everything is parsed.
 */
export function toldTraceBlock(
  told: ToldTraces | null,
  blockHash: string,
  isQuiet: (told: ToldTraces, row: number, index: number) => boolean = () => false,
): (TransactionTrace | null)[] {
  if (told === null) throw new TraceFormatError('a list is missing')
  const traces: (TransactionTrace | null)[] = []
  const { from, to, rows, bytes } = told
  for (let row = from; row < to; ) {
    let next = row + 1
    while (next < to && rows[next * FRAME_FIELDS + FRAME.isRoot] === 0) next++
    const isAlone = next === row + 1
    const isUnread = isAlone && isQuiet(told, row, traces.length)
    const plain = isAlone && !isUnread ? plainCall(told, row, blockHash) : undefined
    if (isUnread) traces.push(null)
    else if (plain) traces.push(plain)
    else {
      const entries = Array.from({ length: next - row }, (_, index) => {
        const at = (row + index) * FRAME_FIELDS
        return parsed(bytes.toString('utf8', rows[at + FRAME.beginning], rows[at + FRAME.end]))
      })
      traces.push(...traceBlockTraces(entries, blockHash))
    }
    row = next
  }
  return traces
}

/** The only call of a transaction; `undefined` if it is of another kind or anything is off. */
function plainCall(told: ToldTraces, row: number, blockHash: string): TransactionTrace | undefined {
  const at = (field: number) => told.rows[row * FRAME_FIELDS + field]
  const text = (field: number, length: number) => frameText(told, row, { field, length })
  const isPlain =
    at(FRAME.isRoot) === 1 &&
    at(FRAME.isLeaf) === 1 &&
    at(FRAME.value) !== 0 &&
    text(FRAME.type, CALL.length) === CALL &&
    text(FRAME.callType, CALL.length) === CALL &&
    text(FRAME.blockHash, WORD) === blockHash
  const txHash = isPlain ? text(FRAME.transactionHash, WORD) : undefined
  const [from, to] = [text(FRAME.from, ADDRESS), text(FRAME.to, ADDRESS)]
  if (txHash === undefined || !isAddress(from) || !isAddress(to)) return undefined
  const isNothing = text(FRAME.value, NO_VALUE.length) === NO_VALUE
  const value = isNothing ? NOTHING : amountOf(textIn(told.bytes, at(FRAME.value) ?? 0))
  const failed = at(FRAME.error) === 1
  return { txHash, root: { kind: 'call', from, to, value, failed, calls: [] } }
}

const [CALL, NO_VALUE] = ['call', '0x0']

/** Such as nodes write them: what is in upper case goes the longer way. */
const isAddress = (text: string | undefined): text is Address =>
  text !== undefined && /^0x[0-9a-f]{40}$/.test(text)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TraceFormatError(`${text.slice(0, 100)} is no frame`)
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
  let open: OpenTrace | undefined
  for (const answered of listOf(answer)) {
    const entry = objectOf(answered, 'a frame')
    if (entry['blockHash'] !== blockHash) {
      throw new TraceFormatError(`a frame of block ${entry['blockHash']}`)
    }
    // What the producer of the block is paid; of no transaction, and inside of none.
    if (entry['type'] === 'reward') {
      requireWhole(open)
      open = undefined
      continue
    }
    const txHash = String(entry['transactionHash'])
    const path = listOf(entry['traceAddress'])
    const frame = listedFrame(entry)
    if (path.length === 0) {
      requireWhole(open)
      open = { root: frame, children: entry['subtraces'], below: new Map() }
      traces.push({ txHash, root: frame })
    } else if (!open || traces.at(-1)?.txHash !== txHash || !hang(open, { path, frame, entry })) {
      throw new TraceFormatError(`frame ${path.join('.')} of ${txHash} is out of place`)
    }
  }
  requireWhole(open)
  return traces
}

/** The trace whose frames are being listed, and by their places those below its root. */
type OpenTrace = { root: OpenFrame; children: unknown; below: Map<string, Listed> }
type Listed = { frame: OpenFrame; children: unknown }

/** Adds a frame to the calls of the one above it, if it is the next one there. */
function hang(
  { root, below }: OpenTrace,
  { path, frame, entry }: { path: readonly unknown[]; frame: OpenFrame; entry: Fields },
): boolean {
  const parent = path.length === 1 ? root : below.get(path.slice(0, -1).join('.'))?.frame
  if (parent === undefined || parent.calls.length !== path.at(-1)) return false
  parent.calls.push(frame)
  below.set(path.join('.'), { frame, children: entry['subtraces'] })
  return true
}

/** Throws unless every frame has as many calls as it says. */
function requireWhole(trace: OpenTrace | undefined): void {
  if (trace === undefined) return
  const require = ({ calls }: OpenFrame, children: unknown, place: string) => {
    if (calls.length === children) return
    throw new TraceFormatError(`${calls.length} of ${children} calls below ${place}`)
  }
  require(trace.root, trace.children, '-')
  for (const [place, { frame, children }] of trace.below) require(frame, children, place)
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

const NOTHING = units(0n)

/** An absent value is none: STATICCALL and DELEGATECALL have none at some nodes. */
function amountOf(value: unknown): Units {
  if (!isGiven(value) || value === NO_VALUE) return NOTHING
  if (typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value)) return units(BigInt(value))
  throw new TraceFormatError(`${JSON.stringify(value)} is no amount`)
}

const nullOr = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  isGiven(value) ? read(value) : null
