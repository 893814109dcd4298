import { addressInWord } from './address-in-word.ts'
import {
  eachField,
  eachItem,
  JsonFormatError,
  type JsonReader,
  keyOf,
  OPEN_LIST,
  padded,
  readAnswers,
  readFlag,
  readNumber,
  readText,
  skipValue,
  textIn,
} from './json-reader.ts'

/**
 * An answer to `eth_getLogs` as the bytes it came in, and where in them each log's fields are.
 * Nothing is decoded until somebody asks for it: most logs pay nobody who is watched.
 */
export type LogTable = {
  bytes: Buffer
  /** Places by log and {@link LOGGED}. */
  logs: Int32Array<ArrayBuffer>
  count: number
}

/** Places of values in {@link LogTable.bytes}, without quotation marks; 0 is none. */
export const LOGGED = {
  ...{ address: 0, topicCount: 1, topics: 2, data: 6, dataEnd: 7, logIndex: 8, removed: 9 },
  ...{ blockHash: 10, transactionHash: 11, transactionIndex: 12 },
} as const
export const LOGGED_FIELDS = 13
const TOPICS_MAX = 4

/** Lengths of `0x` and the digits of an address and of a word. */
export const [ADDRESS_TEXT, WORD_TEXT] = [42, 66]

/** A log takes so many bytes of JSON, which is only ever a guess. */
const LOG_BYTES = 600

/**
 * Finds all logs in `body`, the answer to a batch of `calls`: a table for each, in their order.
 * `undefined` when one of them is missing or no list, such as an error. Throws `JsonFormatError`.
 */
export function readLogs(body: Uint8Array, calls: readonly unknown[]): LogTable[] | undefined {
  const bytes = padded(body)
  const tables = new Map<number, LogTable>()
  const reader = { bytes, first: 0, at: 0, end: body.length, table: emptyTable(bytes) }
  readAnswers(reader, () => readAnswer(reader, tables))
  const inOrder = calls.flatMap((_, id) => tables.get(id) ?? [])
  return inOrder.length === calls.length ? inOrder : undefined
}

/** The text of {@link LOGGED} `field` in a row of the table; empty where there is none. */
export function textOf({ bytes, logs }: LogTable, row: number, field: number): string {
  const place = logs[row * LOGGED_FIELDS + field] ?? 0
  return place === 0 ? '' : textIn(bytes, place)
}

/** Whether that text is `text`. */
export function isText(table: LogTable, row: number, field: number, text: string): boolean {
  const { bytes } = table
  const place = table.logs[row * LOGGED_FIELDS + field] ?? 0
  const end = place + text.length
  return place > 0 && bytes[end] === QUOTE && bytes.toString('latin1', place, end) === text
}

/** Whether that text is `hex`, which is in lower case, however the node writes its digits. */
export function isHex({ bytes, logs }: LogTable, row: number, field: number, hex: string): boolean {
  const place = logs[row * LOGGED_FIELDS + field] ?? 0
  if (place === 0 || bytes[place + hex.length] !== QUOTE) return false
  if (bytes[place] !== ZERO || bytes[place + 1] !== LOWER_X) return false
  for (let at = 2; at < hex.length; at++) {
    if (((bytes[place + at] ?? 0) | LOWER) !== hex.charCodeAt(at)) return false
  }
  return true
}

/** Whether `row` says the same word in {@link LOGGED} `field` as the row before it. */
export function isWordBefore({ bytes, logs }: LogTable, row: number, field: number): boolean {
  const place = logs[row * LOGGED_FIELDS + field] ?? 0
  const before = logs[(row - 1) * LOGGED_FIELDS + field] ?? 0
  if (place === 0 || before === 0) return false
  // From the end, for there words differ, and with the quotation mark behind it.
  for (let at = WORD_TEXT; at >= 0; at--) {
    if (bytes[place + at] !== bytes[before + at]) return false
  }
  return bytes[place + WORD_TEXT] === QUOTE
}

/** Where the digits begin of the address in the word that {@link LOGGED} `field` is; -1 if none. */
export function addressPlace({ bytes, logs }: LogTable, row: number, field: number): number {
  const place = logs[row * LOGGED_FIELDS + field] ?? 0
  return place === 0 ? -1 : addressInWord(bytes, place)
}

/** The number that {@link LOGGED} `field` says in hex; -1 when it says none below 2^28. */
export function numberOf({ bytes, logs }: LogTable, row: number, field: number): number {
  const place = logs[row * LOGGED_FIELDS + field] ?? 0
  if (place === 0 || bytes[place] !== ZERO || bytes[place + 1] !== LOWER_X) return -1
  let value = 0
  let at = place + 2
  for (; at < place + 9; at++) {
    const digit = DIGITS[bytes[at] ?? 0] ?? NO_DIGIT
    if (digit === NO_DIGIT) break
    value = value * 16 + digit
  }
  return at > place + 2 && bytes[at] === QUOTE ? value : -1
}

/** How many topics a log has. */
export const topicCount = ({ logs }: LogTable, row: number): number =>
  logs[row * LOGGED_FIELDS + LOGGED.topicCount] ?? 0

/** Whether a log says that a reorg took it away. */
export const isRemoved = ({ logs }: LogTable, row: number): boolean =>
  logs[row * LOGGED_FIELDS + LOGGED.removed] === 1

/** Whether a log's data are bytes, written as hex. */
export function hasData({ bytes, logs }: LogTable, row: number): boolean {
  const place = logs[row * LOGGED_FIELDS + LOGGED.data] ?? 0
  const end = logs[row * LOGGED_FIELDS + LOGGED.dataEnd] ?? 0
  if (place === 0 || (end - place) % 2 !== 0) return false
  if (bytes[place] !== ZERO || bytes[place + 1] !== LOWER_X) return false
  for (let at = place + 2; at < end; at++) if (DIGITS[bytes[at] ?? 0] === NO_DIGIT) return false
  return true
}

type Reader = JsonReader<LogTable>

const [QUOTE, ZERO, LOWER_X] = [0x22, 0x30, 0x78]
/** What makes capitals small, and leaves small ones and digits alone. */
const LOWER = 0x20
const NO_DIGIT = 0xff
const DIGITS = new Uint8Array(256).fill(NO_DIGIT)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value
}

const emptyTable = (bytes: Buffer): LogTable => ({
  bytes,
  logs: new Int32Array(Math.ceil(bytes.length / LOG_BYTES + 1) * LOGGED_FIELDS),
  count: 0,
})

function readAnswer(reader: Reader, tables: Map<number, LogTable>): void {
  const answer: { id: number; table?: LogTable } = { id: -1 }
  eachField(reader, ANSWER_KEYS, (key) => {
    if (key === ID) answer.id = readNumber(reader)
    else if (key !== RESULT || reader.bytes[reader.at] !== OPEN_LIST) skipValue(reader)
    else {
      const table = emptyTable(reader.bytes)
      reader.table = table
      answer.table = table
      eachItem(reader, readLog)
    }
  })
  if (answer.table) tables.set(answer.id, answer.table)
}

function readLog(reader: Reader): void {
  const { table } = reader
  const row = table.count++ * LOGGED_FIELDS
  if (row + LOGGED_FIELDS > table.logs.length) {
    const larger = new Int32Array(table.logs.length * 2)
    larger.set(table.logs)
    table.logs = larger
  }
  eachField(reader, LOG_KEYS, readField, row)
}

function readField(key: number, reader: Reader, row: number): void {
  const { logs } = reader.table
  if (key === ADDRESS) logs[row + LOGGED.address] = readText(reader, ADDRESS_TEXT)
  else if (key === TOPICS) {
    logs[row + LOGGED.topicCount] = 0
    eachItem(reader, readTopic, row)
  } else if (key === DATA) {
    logs[row + LOGGED.data] = readText(reader, 0)
    logs[row + LOGGED.dataEnd] = reader.at - 1
  } else if (key === BLOCK_HASH) logs[row + LOGGED.blockHash] = readText(reader, WORD_TEXT)
  else if (key === TRANSACTION_HASH) {
    logs[row + LOGGED.transactionHash] = readText(reader, WORD_TEXT)
  } else if (key === LOG_INDEX) logs[row + LOGGED.logIndex] = readText(reader, 0)
  else if (key === TRANSACTION_INDEX) logs[row + LOGGED.transactionIndex] = readText(reader, 0)
  else if (key === REMOVED) logs[row + LOGGED.removed] = readFlag(reader) ? 1 : 0
  else skipValue(reader)
}

function readTopic(reader: Reader, row: number): void {
  const { logs } = reader.table
  const count = logs[row + LOGGED.topicCount] ?? 0
  if (count === TOPICS_MAX) throw new JsonFormatError(reader)
  logs[row + LOGGED.topics + count] = readText(reader, WORD_TEXT)
  logs[row + LOGGED.topicCount] = count + 1
}

/** Keys as they last stood in objects of each kind, in their order. */
const [ANSWER_KEYS, LOG_KEYS] = [new Int32Array(8), new Int32Array(16)]

const [ID, RESULT] = [keyOf('id'), keyOf('result')]
const [ADDRESS, TOPICS, DATA] = [keyOf('address'), keyOf('topics'), keyOf('data')]
const [LOG_INDEX, REMOVED] = [keyOf('logIndex'), keyOf('removed')]
const [BLOCK_HASH, TRANSACTION_HASH] = [keyOf('blockHash'), keyOf('transactionHash')]
const TRANSACTION_INDEX = keyOf('transactionIndex')
