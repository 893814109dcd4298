import { type OrderedTrie, orderedTrie } from './ordered-trie.ts'
import { ReceiptsFormatError } from './receipts-format-error.ts'
import { TAPE_MEMORY_FIRST } from './rlp-tape.ts'

/**
 * Answers to `eth_getBlockReceipts` as the bytes they came in, and where in them each field is.
 * Nothing is decoded until somebody asks for it: most of a receipt is only ever hashed, and hex is
 * decoded right into what is hashed. Good until the next answers are read.
 */
export type ReceiptTable = {
  trie: OrderedTrie
  /** The memory that holds the answers, and later what is hashed. */
  bytes: Buffer
  /** Places by receipt and {@link ReceiptField}, and by log and {@link LogField}. */
  receipts: Int32Array<ArrayBuffer>
  logs: Int32Array<ArrayBuffer>
  receiptCount: number
  logCount: number
}

/** One answer of a batch. Its receipts are those from `from` to before `to`; else it is no list. */
export type ReceiptsAnswer = { id: number; from: number; to: number; result: 'receipts' | 'other' }

/** Places of values in {@link ReceiptTable.bytes}, without quotation marks; 0 is none. */
export const RECEIPT = {
  ...{ type: 0, status: 1, root: 2, cumulativeGasUsed: 3, logsBloom: 4, transactionHash: 5 },
  ...{ blockHash: 6, from: 7, to: 8, contractAddress: 9, depositNonce: 10 },
  ...{ depositReceiptVersion: 11, beginning: 12, end: 13, logsFrom: 14, logsTo: 15 },
} as const
export const RECEIPT_FIELDS = 16
export const LOG = {
  ...{ address: 0, topicCount: 1, topics: 2, data: 6, dataEnd: 7, logIndex: 8, removed: 9 },
} as const
export const LOG_FIELDS = 10
const TOPICS_MAX = 4

export function receiptTable(): ReceiptTable {
  const trie = orderedTrie()
  return {
    trie,
    bytes: trie.tape.bytes,
    receipts: new Int32Array(1_024 * RECEIPT_FIELDS),
    logs: new Int32Array(1_024 * LOG_FIELDS),
    receiptCount: 0,
    logCount: 0,
  }
}

/**
 * Finds all receipts in `body`, the answer to one call or to a batch, forgetting those before.
 * An answer that is no list of receipts, such as an error, is only named: parse the body for it.
 * Throws {@link ReceiptsFormatError}.
 */
export function readReceipts(table: ReceiptTable, body: Uint8Array): ReceiptsAnswer[] {
  const { tape } = table.trie
  const end = TAPE_MEMORY_FIRST + body.length
  tape.memory.reserve(end + AFTER_BODY)
  const { bytes } = tape.memory
  bytes.set(body, TAPE_MEMORY_FIRST)
  bytes.fill(0, end, end + AFTER_BODY)
  tape.floor = end + AFTER_BODY
  table.bytes = bytes
  table.receiptCount = 0
  table.logCount = 0
  const answers: ReceiptsAnswer[] = []
  const reader: Reader = { bytes, at: TAPE_MEMORY_FIRST, end, table }
  const read = () => answers.push(readAnswer(reader))
  if (peek(reader) === OPEN_LIST) eachItem(reader, read)
  else read()
  if (peek(reader) !== 0 || reader.at !== end) throw new ReceiptsFormatError(reader)
  return answers
}

/** The text that begins at a place of the table; `undefined` when the place is none. */
export function textAt({ bytes }: ReceiptTable, place: number): string | undefined {
  if (place === 0) return undefined
  return bytes.toString('latin1', place, bytes.indexOf(QUOTE, place))
}

/** Zeros, so that a value that is cut off is seen to be. */
const AFTER_BODY = 64

type Reader = { bytes: Buffer; at: number; end: number; table: ReceiptTable }

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c]
const [LOWER_N, LOWER_T] = [0x6e, 0x74]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]
const SPACE = 0x20

/** Lengths of `0x` and the digits of an address, a word and a bloom. */
const [ADDRESS, WORD, BLOOM] = [42, 66, 514]

function readAnswer(reader: Reader): ReceiptsAnswer {
  const { table } = reader
  const answer: ReceiptsAnswer = { id: -1, from: table.receiptCount, to: 0, result: 'other' }
  eachField(reader, ANSWER_KEYS, (key) => {
    if (key === ID) answer.id = readNumber(reader)
    else if (key !== RESULT || reader.bytes[reader.at] !== OPEN_LIST) skipValue(reader)
    else {
      answer.result = 'receipts'
      eachItem(reader, readReceipt)
    }
  })
  answer.to = table.receiptCount
  return answer
}

function readReceipt(reader: Reader): void {
  const { table } = reader
  const row = table.receiptCount++ * RECEIPT_FIELDS
  if (row + RECEIPT_FIELDS > table.receipts.length) table.receipts = doubled(table.receipts)
  const { receipts } = table
  for (let field = 0; field < RECEIPT_FIELDS; field++) receipts[row + field] = 0
  receipts[row + RECEIPT.beginning] = reader.at
  receipts[row + RECEIPT.logsFrom] = table.logCount
  eachField(reader, RECEIPT_KEYS, readReceiptField, row)
  receipts[row + RECEIPT.logsTo] = table.logCount
  receipts[row + RECEIPT.end] = reader.at
}

function readReceiptField(key: number, reader: Reader, row: number): void {
  const { receipts } = reader.table
  const field = FIELDS.indexOf(key)
  if (field >= 0) receipts[row + field] = readText(reader, LENGTHS[field] ?? 0)
  else if (key === LOGS) eachItem(reader, readLog)
  else skipValue(reader)
}

function readLog(reader: Reader): void {
  const { table } = reader
  const row = table.logCount++ * LOG_FIELDS
  if (row + LOG_FIELDS > table.logs.length) table.logs = doubled(table.logs)
  for (let field = 0; field < LOG_FIELDS; field++) table.logs[row + field] = 0
  eachField(reader, LOG_KEYS, readLogField, row)
}

function readLogField(key: number, reader: Reader, row: number): void {
  const { logs } = reader.table
  if (key === ADDRESS_KEY) logs[row + LOG.address] = readText(reader, ADDRESS)
  else if (key === TOPICS) eachItem(reader, readTopic, row)
  else if (key === DATA) {
    logs[row + LOG.data] = readText(reader, 0)
    logs[row + LOG.dataEnd] = reader.at - 1
  } else if (key === LOG_INDEX) logs[row + LOG.logIndex] = readText(reader, 0)
  else if (key === REMOVED) {
    logs[row + LOG.removed] = reader.bytes[reader.at] === LOWER_T ? 1 : 0
    skipValue(reader)
  } else if (key === BLOCK_HASH || key === TRANSACTION_HASH) readText(reader, WORD)
  else skipValue(reader)
}

function readTopic(reader: Reader, row: number): void {
  const { logs } = reader.table
  const count = logs[row + LOG.topicCount] ?? 0
  if (count === TOPICS_MAX) throw new ReceiptsFormatError(reader)
  logs[row + LOG.topics + count] = readText(reader, WORD)
  logs[row + LOG.topicCount] = count + 1
}

/** Calls `read` for each field of the object that begins here, standing at its value. */
function eachField(
  reader: Reader,
  known: Int32Array,
  read: (key: number, reader: Reader, row: number) => void,
  row = 0,
): void {
  if (peek(reader) !== OPEN_OBJECT) throw new ReceiptsFormatError(reader)
  reader.at++
  if (peek(reader) === CLOSE_OBJECT) {
    reader.at++
    return
  }
  for (let order = 0; ; order++) {
    if (peek(reader) !== QUOTE) throw new ReceiptsFormatError(reader)
    const key = readKey(reader, known, order)
    if (peek(reader) !== COLON) throw new ReceiptsFormatError(reader)
    reader.at++
    peek(reader)
    read(key, reader, row)
    const next = peek(reader)
    reader.at++
    if (next === CLOSE_OBJECT) return
    if (next !== COMMA) throw new ReceiptsFormatError(reader)
  }
}

/** Calls `read` for each item of the list that begins here, standing at it. */
function eachItem(reader: Reader, read: (reader: Reader, row: number) => void, row = 0): void {
  if (peek(reader) !== OPEN_LIST) throw new ReceiptsFormatError(reader)
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
    if (next !== COMMA) throw new ReceiptsFormatError(reader)
  }
}

/** The next byte that is no white space, at which the reader then stands. */
function peek(reader: Reader): number {
  const { bytes } = reader
  let byte = bytes[reader.at] ?? 0
  while (byte <= SPACE && byte !== 0) byte = bytes[++reader.at] ?? 0
  return byte
}

/**
 * The {@link signature} of the key that is read. A node mostly writes the same keys in the same
 * order, so this key is first tried for the one that stood there in the object before.
 */
function readKey(reader: Reader, known: Int32Array, order: number): number {
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

const keyOf = (text: string): number => signature(Buffer.from(text), 0, text.length)

/** Where the text is that stands here, mostly of `length`; 0 when there is none but `null`. */
function readText(reader: Reader, length: number): number {
  const { bytes, at } = reader
  if (bytes[at] === LOWER_N) {
    skipValue(reader)
    return 0
  }
  if (bytes[at] !== QUOTE) throw new ReceiptsFormatError(reader)
  // No text of another length is given for these, unless by a liar, whose proof then fails.
  if (length > 0 && bytes[at + 1 + length] === QUOTE) reader.at = at + length + 2
  else skipText(reader)
  return at + 1
}

function skipText(reader: Reader): void {
  const { bytes } = reader
  let at = reader.at + 1
  for (let byte = bytes[at] ?? 0; byte !== QUOTE; byte = bytes[++at] ?? 0) {
    if (byte === 0) throw new ReceiptsFormatError(reader)
    if (byte === BACKSLASH) at++
  }
  reader.at = at + 1
}

function skipValue(reader: Reader): void {
  const first = peek(reader)
  if (first === QUOTE) skipText(reader)
  else if (first === OPEN_OBJECT) eachField(reader, OTHER_KEYS, (_, inner) => skipValue(inner))
  else if (first === OPEN_LIST) eachItem(reader, skipValue)
  else skipWord(reader)
}

/** Passes a number, `true`, `false` or `null`. */
function skipWord(reader: Reader): void {
  const { bytes, at } = reader
  for (let byte = bytes[at] ?? 0; ; byte = bytes[++reader.at] ?? 0) {
    if (byte <= SPACE || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST) break
  }
  if (reader.at === at) throw new ReceiptsFormatError(reader)
}

function readNumber(reader: Reader): number {
  const { bytes, at } = reader
  skipWord(reader)
  return Number(bytes.toString('latin1', at, reader.at))
}

function doubled(cells: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(cells.length * 2)
  larger.set(cells)
  return larger
}

/** Keys as they last stood in objects of each kind, in their order. */
const [ANSWER_KEYS, RECEIPT_KEYS] = [new Int32Array(8), new Int32Array(32)]
const [LOG_KEYS, OTHER_KEYS] = [new Int32Array(16), new Int32Array(8)]

/** Keys in the order of {@link RECEIPT}, and the lengths of their values where they are fixed. */
const FIELDS = Object.keys(RECEIPT).slice(0, RECEIPT.beginning).map(keyOf)
const LENGTHS = [0, 0, WORD, 0, BLOOM, WORD, WORD, ADDRESS, ADDRESS, ADDRESS, 0, 0]
const [ID, RESULT, LOGS] = [keyOf('id'), keyOf('result'), keyOf('logs')]
const [ADDRESS_KEY, TOPICS, DATA] = [keyOf('address'), keyOf('topics'), keyOf('data')]
const [LOG_INDEX, REMOVED] = [keyOf('logIndex'), keyOf('removed')]
const [BLOCK_HASH, TRANSACTION_HASH] = [keyOf('blockHash'), keyOf('transactionHash')]
