import {
  AFTER_JSON,
  eachField,
  eachItem,
  JsonFormatError,
  type JsonReader,
  keyOf,
  OPEN_LIST,
  OPEN_OBJECT,
  readAnswers,
  readFlag,
  readNull,
  readNumber,
  readText,
  skipValue,
  textIn,
} from './json-reader.ts'
import { type OrderedTrie, orderedTrie } from './ordered-trie.ts'
import { TAPE_MEMORY_FIRST } from './rlp-tape.ts'

/**
 * Answers to `eth_getBlockReceipts` as the bytes they came in, and where in them each field is.
 * Nothing is decoded until somebody asks for it: most of a receipt is only ever hashed, and hex is
 * decoded right into what is hashed. Good until the next answers are read.
 */
export type ReceiptTable = {
  /** Its tape's memory holds the answers, and later what is hashed: as it grows it moves. */
  trie: OrderedTrie
  /** Places by receipt and {@link ReceiptField}, and by log and {@link LogField}. */
  receipts: Int32Array<ArrayBuffer>
  logs: Int32Array<ArrayBuffer>
  receiptCount: number
  logCount: number
}

/**
 * One answer of a batch. Its receipts are those from `from` to before `to`; `none` is null, which a
 * node says of a block that it doesn't have, and what is `other` is no list, such as an error.
 */
export type ReceiptsAnswer = {
  id: number
  from: number
  to: number
  result: 'receipts' | 'none' | 'other'
}

/**
 * Places of values in the table's memory, without quotation marks; 0 is none. A receipt
 * that has no beginning is null.
 */
export const RECEIPT = {
  ...{ type: 0, status: 1, root: 2, cumulativeGasUsed: 3, logsBloom: 4, transactionHash: 5 },
  ...{ blockHash: 6, from: 7, to: 8, contractAddress: 9, depositNonce: 10 },
  ...{ depositReceiptVersion: 11, beginning: 12, end: 13, logsFrom: 14, logsTo: 15 },
  logs: 16,
} as const
export const RECEIPT_FIELDS = 17
export const LOG = {
  ...{ address: 0, topicCount: 1, topics: 2, data: 6, dataEnd: 7, logIndex: 8, removed: 9 },
  ...{ blockHash: 10, transactionHash: 11, topicList: 12 },
} as const
export const LOG_FIELDS = 13
const TOPICS_MAX = 4

export function receiptTable(): ReceiptTable {
  return {
    trie: orderedTrie(),
    receipts: new Int32Array(1_024 * RECEIPT_FIELDS),
    logs: new Int32Array(1_024 * LOG_FIELDS),
    receiptCount: 0,
    logCount: 0,
  }
}

/**
 * Finds all receipts in `body`, the answer to one call or to a batch, forgetting those before.
 * An answer that is no list of receipts, such as an error, is only named: parse the body for it.
 * Throws {@link JsonFormatError}.
 */
export function readReceipts(table: ReceiptTable, body: Uint8Array): ReceiptsAnswer[] {
  const { tape } = table.trie
  const end = TAPE_MEMORY_FIRST + body.length
  tape.memory.reserve(end + AFTER_JSON)
  const { bytes } = tape.memory
  bytes.set(body, TAPE_MEMORY_FIRST)
  bytes.fill(0, end, end + AFTER_JSON)
  tape.floor = end + AFTER_JSON
  table.receiptCount = 0
  table.logCount = 0
  const answers: ReceiptsAnswer[] = []
  const reader: Reader = { bytes, first: TAPE_MEMORY_FIRST, at: TAPE_MEMORY_FIRST, end, table }
  readAnswers(reader, () => answers.push(readAnswer(reader)))
  return answers
}

/** The text that begins at a place of the table; `undefined` when the place is none. */
export function textAt({ trie }: ReceiptTable, place: number): string | undefined {
  return place === 0 ? undefined : textIn(trie.tape.memory.bytes, place)
}

type Reader = JsonReader<ReceiptTable>

/** Lengths of `0x` and the digits of an address, a word and a bloom. */
const [ADDRESS, WORD, BLOOM] = [42, 66, 514]

function readAnswer(reader: Reader): ReceiptsAnswer {
  const { table } = reader
  const answer: ReceiptsAnswer = { id: -1, from: table.receiptCount, to: 0, result: 'other' }
  eachField(reader, ANSWER_KEYS, (key) => {
    if (key === ID) answer.id = readNumber(reader)
    else if (key !== RESULT) skipValue(reader)
    else if (reader.bytes[reader.at] === OPEN_LIST) {
      answer.result = 'receipts'
      eachItem(reader, readReceipt)
    } else answer.result = readNull(reader) ? 'none' : 'other'
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
  receipts[row + RECEIPT.logsFrom] = table.logCount
  receipts[row + RECEIPT.logsTo] = table.logCount
  if (reader.bytes[reader.at] !== OPEN_OBJECT && readNull(reader)) return
  receipts[row + RECEIPT.beginning] = reader.at
  eachField(reader, RECEIPT_KEYS, readReceiptField, row)
  receipts[row + RECEIPT.logsTo] = table.logCount
  receipts[row + RECEIPT.end] = reader.at
}

function readReceiptField(key: number, reader: Reader, row: number): void {
  const { receipts } = reader.table
  const field = FIELDS.indexOf(key)
  if (field >= 0) receipts[row + field] = readText(reader, LENGTHS[field] ?? 0)
  else if (key === LOGS) {
    receipts[row + RECEIPT.logs] = reader.at
    eachItem(reader, readLog)
  } else skipValue(reader)
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
  else if (key === TOPICS) {
    logs[row + LOG.topicList] = reader.at
    eachItem(reader, readTopic, row)
  } else if (key === DATA) {
    logs[row + LOG.data] = readText(reader, 0)
    logs[row + LOG.dataEnd] = reader.at - 1
  } else if (key === LOG_INDEX) logs[row + LOG.logIndex] = readText(reader, 0)
  else if (key === REMOVED) {
    logs[row + LOG.removed] = readFlag(reader) ? 1 : 0
  } else if (key === BLOCK_HASH) logs[row + LOG.blockHash] = readText(reader, WORD)
  else if (key === TRANSACTION_HASH) logs[row + LOG.transactionHash] = readText(reader, WORD)
  else skipValue(reader)
}

function readTopic(reader: Reader, row: number): void {
  const { logs } = reader.table
  const count = logs[row + LOG.topicCount] ?? 0
  if (count === TOPICS_MAX) throw new JsonFormatError(reader)
  logs[row + LOG.topics + count] = readText(reader, WORD)
  logs[row + LOG.topicCount] = count + 1
}

function doubled(cells: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(cells.length * 2)
  larger.set(cells)
  return larger
}

/** Keys as they last stood in objects of each kind, in their order. */
const [ANSWER_KEYS, RECEIPT_KEYS] = [new Int32Array(8), new Int32Array(32)]
const LOG_KEYS = new Int32Array(16)

/** Keys in the order of {@link RECEIPT}, and the lengths of their values where they are fixed. */
const FIELDS = Object.keys(RECEIPT).slice(0, RECEIPT.beginning).map(keyOf)
const LENGTHS = [0, 0, WORD, 0, BLOOM, WORD, WORD, ADDRESS, ADDRESS, ADDRESS, 0, 0]
const [ID, RESULT, LOGS] = [keyOf('id'), keyOf('result'), keyOf('logs')]
const [ADDRESS_KEY, TOPICS, DATA] = [keyOf('address'), keyOf('topics'), keyOf('data')]
const [LOG_INDEX, REMOVED] = [keyOf('logIndex'), keyOf('removed')]
const [BLOCK_HASH, TRANSACTION_HASH] = [keyOf('blockHash'), keyOf('transactionHash')]
