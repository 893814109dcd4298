import { AppError } from '@coffer/errors/app-error'

/**
 * A reader of JSON that lies in memory: it stands at a byte, and what reads from it moves it on. It
 * makes no values of what it passes, so what nobody asks for costs next to nothing.
 */
export type JsonReader<T> = {
  /** The memory, which has {@link AFTER_JSON} zeros behind `end`. */
  bytes: Buffer
  first: number
  at: number
  end: number
  /** Where whoever reads puts what was read. */
  table: T
}

/** Zeros behind the text, so that a value that is cut off is seen to be. */
export const AFTER_JSON = 64

export const OPEN_LIST = 0x5b
export const OPEN_OBJECT = 0x7b
const [CLOSE_LIST, CLOSE_OBJECT] = [0x5d, 0x7d]
const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c]
const [LOWER_N, LOWER_T] = [0x6e, 0x74]
const SPACE = 0x20

/**
 * Calls `read` for the one answer that is the whole text, or for each of a batch. Throws
 * {@link JsonFormatError} when that is not all there is.
 */
export function readAnswers<T>(reader: JsonReader<T>, read: (reader: JsonReader<T>) => void): void {
  if (peek(reader) === OPEN_LIST) eachItem(reader, read)
  else read(reader)
  if (peek(reader) !== 0 || reader.at !== reader.end) throw new JsonFormatError(reader)
}

/**
 * The text as a reader wants it: `text` itself if it is followed by enough zeros in its memory, and
 * else a copy that is.
 */
export function padded(text: Uint8Array): Buffer {
  const { buffer, byteOffset, length } = text
  if (byteOffset + length + AFTER_JSON <= buffer.byteLength) {
    const whole = Buffer.from(buffer, byteOffset, length + AFTER_JSON)
    if (whole.subarray(length).every((byte) => byte === 0)) return whole
  }
  const copy = Buffer.allocUnsafe(length + AFTER_JSON)
  copy.set(text)
  return copy.fill(0, length)
}

/** The text that begins at a place and ends before a quotation mark. */
export const textIn = (bytes: Buffer, place: number): string =>
  bytes.toString('latin1', place, bytes.indexOf(QUOTE, place))

/** Calls `read` for each field of the object that begins here, standing at its value. */
export function eachField<T>(
  reader: JsonReader<T>,
  known: Int32Array,
  read: (key: number, reader: JsonReader<T>, row: number) => void,
  row = 0,
): void {
  if (peek(reader) !== OPEN_OBJECT) throw new JsonFormatError(reader)
  reader.at++
  if (peek(reader) === CLOSE_OBJECT) {
    reader.at++
    return
  }
  for (let order = 0; ; order++) {
    if (peek(reader) !== QUOTE) throw new JsonFormatError(reader)
    const key = readKey(reader, known, order)
    if (peek(reader) !== COLON) throw new JsonFormatError(reader)
    reader.at++
    peek(reader)
    read(key, reader, row)
    const next = peek(reader)
    reader.at++
    if (next === CLOSE_OBJECT) return
    if (next !== COMMA) throw new JsonFormatError(reader)
  }
}

/** Calls `read` for each item of the list that begins here, standing at it. */
export function eachItem<T>(
  reader: JsonReader<T>,
  read: (reader: JsonReader<T>, row: number) => void,
  row = 0,
): void {
  if (peek(reader) !== OPEN_LIST) throw new JsonFormatError(reader)
  reader.at++
  if (peek(reader) === CLOSE_LIST) {
    reader.at++
    return
  }
  for (;;) {
    peek(reader)
    read(reader, row)
    const next = peek(reader)
    reader.at++
    if (next === CLOSE_LIST) return
    if (next !== COMMA) throw new JsonFormatError(reader)
  }
}

/** The next byte that is no white space, at which the reader then stands. */
function peek(reader: JsonReader<unknown>): number {
  const { bytes } = reader
  let byte = bytes[reader.at] ?? 0
  while (byte <= SPACE && byte !== 0) byte = bytes[++reader.at] ?? 0
  return byte
}

/**
 * The {@link signature} of the key that is read. A node mostly writes the same keys in the same
 * order, so this key is first tried for the one that stood there in the object before.
 */
function readKey(reader: JsonReader<unknown>, known: Int32Array, order: number): number {
  const { bytes } = reader
  const first = reader.at + 1
  const guess = known[order] ?? 0
  const end = first + (guess >>> 24)
  if (bytes[end] === QUOTE && signature(bytes, first, end - first) === guess) {
    reader.at = end + 1
    return guess
  }
  skipText(reader)
  const key = signature(bytes, first, reader.at - 1 - first)
  known[order] = key
  return key
}

/** Tells the keys of receipts apart: their length and three of their characters. */
function signature(bytes: Uint8Array, first: number, length: number): number {
  const [start, middle] = [bytes[first] ?? 0, bytes[first + (length >> 1)] ?? 0]
  return (length << 24) | (start << 16) | (middle << 8) | (bytes[first + length - 1] ?? 0)
}

/** The {@link signature} of a key. */
export const keyOf = (text: string): number => signature(Buffer.from(text), 0, text.length)

/** Where the text is that stands here, mostly of `length`; 0 when there is none but `null`. */
export function readText(reader: JsonReader<unknown>, length: number): number {
  const { bytes, at } = reader
  if (bytes[at] === LOWER_N) {
    skipValue(reader)
    return 0
  }
  if (bytes[at] !== QUOTE) throw new JsonFormatError(reader)
  // No text of another length is given for these, unless by a liar, whose proof then fails.
  if (length > 0 && bytes[at + 1 + length] === QUOTE) reader.at = at + length + 2
  else skipText(reader)
  return at + 1
}

function skipText(reader: JsonReader<unknown>): void {
  const { bytes } = reader
  let at = reader.at + 1
  for (let byte = bytes[at] ?? 0; byte !== QUOTE; byte = bytes[++at] ?? 0) {
    if (byte === 0) throw new JsonFormatError(reader)
    if (byte === BACKSLASH) at++
  }
  reader.at = at + 1
}

export function skipValue(reader: JsonReader<unknown>): void {
  const first = peek(reader)
  if (first === QUOTE) skipText(reader)
  else if (first === OPEN_OBJECT) eachField(reader, OTHER_KEYS, (_, inner) => skipValue(inner))
  else if (first === OPEN_LIST) eachItem(reader, skipValue)
  else skipWord(reader)
}

/** Whether `null` stands here, which is passed as is anything else. */
export function readNull(reader: JsonReader<unknown>): boolean {
  const isNull = reader.bytes[reader.at] === LOWER_N
  skipValue(reader)
  return isNull
}

/** Whether `true` stands here, which is passed as is anything else. */
export function readFlag(reader: JsonReader<unknown>): boolean {
  const isTrue = reader.bytes[reader.at] === LOWER_T
  skipValue(reader)
  return isTrue
}

/** Passes a number, `true`, `false` or `null`. */
function skipWord(reader: JsonReader<unknown>): void {
  const { bytes, at } = reader
  for (let byte = bytes[at] ?? 0; ; byte = bytes[++reader.at] ?? 0) {
    if (byte <= SPACE || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST) break
  }
  if (reader.at === at) throw new JsonFormatError(reader)
}

export function readNumber(reader: JsonReader<unknown>): number {
  const { bytes, at } = reader
  skipWord(reader)
  return Number(bytes.toString('latin1', at, reader.at))
}

const OTHER_KEYS = new Int32Array(8)

/** The node's answer is not whole, or no JSON of what was asked for. */
export class JsonFormatError extends AppError {
  readonly code = 'EVM_JSON_FORMAT'

  constructor({ bytes, first, at }: Pick<JsonReader<unknown>, 'bytes' | 'first' | 'at'>) {
    const place = at - first
    const around = bytes.toString('latin1', Math.max(at - 20, first), at + 20)
    super(
      `The node's answer is malformed at byte ${place}: ${JSON.stringify(around)}. Expected ` +
        'whole JSON of what was asked for.',
      { retry: 'retry', details: { place, around } },
    )
  }
}
