import {
  eachField,
  eachItem,
  type JsonReader,
  keyOf,
  OPEN_LIST,
  OPEN_OBJECT,
  padded,
  readAnswers,
  readNull,
  readNumber,
  readText,
  skipValue,
} from '@coffer/evm/json-reader'
import type { BodyReader } from '@coffer/evm/json-rpc'
import { viewOf } from '@coffer/evm/same-bytes'

/**
 * What `trace_block` tells of one block, in the bytes that it came in. Its frames are `rows` from
 * `from` to before `to`, each of {@link FRAME_FIELDS} places in `bytes`; 0 is none. What is no list
 * is `null`.
 */
export type ToldTraces = {
  bytes: Buffer
  /** The same bytes, of which several are compared at once. */
  view: DataView
  rows: Int32Array
  from: number
  to: number
}

/** The root of a transaction's calls has an empty path to it, and a leaf made none. */
export const FRAME = {
  ...{ beginning: 0, end: 1, type: 2, callType: 3, from: 4, to: 5, value: 6, error: 7 },
  ...{ blockHash: 8, transactionHash: 9, isRoot: 10, isLeaf: 11 },
} as const
export const FRAME_FIELDS = 12

/** Reads answers to `trace_block`, as many as there are in a body. Throws `JsonFormatError`. */
export const readToldTraces: BodyReader<ToldTraces | null> = (body, calls) => {
  const bytes = padded(body)
  const table: Table = { view: viewOf(bytes), rows: emptyRows(bytes), count: 0 }
  const reader = { bytes, first: 0, at: 0, end: body.length, table }
  const told = new Array<ToldTraces | null | undefined>(calls.length).fill(undefined)
  readAnswers(reader, () => {
    const { id, traces } = readAnswer(reader)
    if (id in told) told[id] = traces
  })
  // As it grew it moved.
  for (const traces of told) if (traces) traces.rows = table.rows
  return told.includes(undefined) ? undefined : (told as (ToldTraces | null)[])
}

type Table = { view: DataView; rows: Int32Array; count: number }
type Reader = JsonReader<Table>

/** A frame takes so many bytes of JSON, which is only ever a guess. */
const FRAME_BYTES = 800

const emptyRows = ({ length }: Buffer) =>
  new Int32Array(Math.ceil(length / FRAME_BYTES + 1) * FRAME_FIELDS)

function readAnswer(reader: Reader): { id: number; traces: ToldTraces | null | undefined } {
  const { bytes, table } = reader
  const answer = { id: -1, traces: undefined as ToldTraces | null | undefined }
  const from = table.count
  eachField(reader, ANSWER_KEYS, (key) => {
    if (key === ID) answer.id = readNumber(reader)
    else if (key !== RESULT) skipValue(reader)
    else if (bytes[reader.at] === OPEN_LIST) {
      eachItem(reader, readFrame)
      const { view, rows, count: to } = table
      answer.traces = { bytes, view, rows, from, to }
    } else {
      skipValue(reader)
      answer.traces = null
    }
  })
  return answer
}

function readFrame(reader: Reader): void {
  const { table } = reader
  const row = table.count++ * FRAME_FIELDS
  if (row + FRAME_FIELDS > table.rows.length) {
    const larger = new Int32Array(table.rows.length * 2)
    larger.set(table.rows)
    table.rows = larger
  }
  const { rows } = table
  rows[row + FRAME.beginning] = reader.at
  if (reader.bytes[reader.at] === OPEN_OBJECT) eachField(reader, FRAME_KEYS, readFrameField, row)
  else skipValue(reader)
  rows[row + FRAME.end] = reader.at
}

function readFrameField(key: number, reader: Reader, row: number): void {
  const { bytes } = reader
  const { rows } = reader.table
  if (key === ACTION) {
    if (bytes[reader.at] === OPEN_OBJECT) eachField(reader, ACTION_KEYS, readActionField, row)
    else skipValue(reader)
  } else if (key === TYPE) rows[row + FRAME.type] = readText(reader, 0)
  else if (key === BLOCK_HASH) rows[row + FRAME.blockHash] = readText(reader, WORD)
  else if (key === TRANSACTION_HASH) rows[row + FRAME.transactionHash] = readText(reader, WORD)
  else if (key === ERROR) rows[row + FRAME.error] = readNull(reader) ? 0 : 1
  else if (key === TRACE_ADDRESS) {
    const list = reader.at
    skipValue(reader)
    rows[row + FRAME.isRoot] = reader.at === list + EMPTY_LIST ? 1 : 0
  } else if (key === SUBTRACES) rows[row + FRAME.isLeaf] = readNumber(reader) === 0 ? 1 : 0
  else skipValue(reader)
}

function readActionField(key: number, reader: Reader, row: number): void {
  const { rows } = reader.table
  if (key === CALL_TYPE) rows[row + FRAME.callType] = readText(reader, 0)
  else if (key === FROM) rows[row + FRAME.from] = readText(reader, ADDRESS)
  else if (key === TO) rows[row + FRAME.to] = readText(reader, ADDRESS)
  else if (key === VALUE) rows[row + FRAME.value] = readText(reader, 0)
  else skipValue(reader)
}

/** The text of a frame; `undefined` where there is none, or one that is not of this length. */
export function frameText(
  { bytes, rows }: ToldTraces,
  row: number,
  { field, length }: { field: number; length: number },
): string | undefined {
  const place = rows[row * FRAME_FIELDS + field] ?? 0
  if (place === 0 || bytes[place + length] !== QUOTE) return undefined
  return bytes.toString('latin1', place, place + length)
}

const QUOTE = 0x22

/** Lengths of `0x` and the digits of an address and a word, and of `[]`. */
export const [ADDRESS, WORD] = [42, 66]
const EMPTY_LIST = 2

/** Keys as they last stood in objects of each kind, in their order. */
const [ANSWER_KEYS, FRAME_KEYS] = [new Int32Array(8), new Int32Array(16)]
const ACTION_KEYS = new Int32Array(16)

const [ID, RESULT, ACTION, TYPE] = ['id', 'result', 'action', 'type'].map(keyOf)
const [BLOCK_HASH, TRANSACTION_HASH] = ['blockHash', 'transactionHash'].map(keyOf)
const [ERROR, TRACE_ADDRESS, SUBTRACES] = ['error', 'traceAddress', 'subtraces'].map(keyOf)
const [CALL_TYPE, FROM, TO, VALUE] = ['callType', 'from', 'to', 'value'].map(keyOf)
