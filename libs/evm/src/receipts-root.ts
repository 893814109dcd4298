import { AppError } from '@coffer/errors/app-error'
import { NODE_EXTRA_BYTES, type OrderedTrie, orderedRoot, orderedTrie } from './ordered-trie.ts'
import {
  LOG,
  LOG_FIELDS,
  RECEIPT,
  RECEIPT_FIELDS,
  type ReceiptsAnswer,
  type ReceiptTable,
  textAt,
} from './receipt-table.ts'
import {
  endList,
  type RlpTape,
  rewind,
  writeByte,
  writeQuantity,
  writeQuantityAt,
  writeString,
  writeStringAt,
  written,
} from './rlp-tape.ts'

/** A receipt as `eth_getBlockReceipts` gives it, as far as the receipts root covers it. */
export type ReceiptJson = {
  /** Legacy when there is none. */
  type?: string | undefined
  status?: string | null | undefined
  /** The state after the transaction, which receipts had instead of a status until Byzantium. */
  root?: string | null | undefined
  cumulativeGasUsed: string
  logsBloom: string
  logs: readonly LogJson[]
  /** Of deposits on OP-stack chains. */
  depositNonce?: string | null | undefined
  depositReceiptVersion?: string | null | undefined
}

export type LogJson = { address: string; topics: readonly string[]; data: string }

let trie: OrderedTrie | undefined

/**
 * The root of a block's receipts, which its header must have: computed from all that the root
 * covers, which is type, status, cumulative gas, bloom, and of each log its address, topics and
 * data. Hashes, senders and receivers of transactions are not in it.
 * Throws {@link ReceiptTypeError}, or HexError where an answer is malformed.
 */
export function receiptsRoot(receipts: readonly ReceiptJson[]): `0x${string}` {
  trie ??= orderedTrie()
  return orderedRoot(trie, receipts.length, (tape, index) => {
    const receipt = receipts[index] as ReceiptJson
    rewind(tape, roomFor(receipt))
    writeReceipt(tape, receipt)
  })
}

/** Like {@link receiptsRoot}, of receipts of an answer as they came from the node. */
export function tableRoot(table: ReceiptTable, answer: ReceiptsAnswer): `0x${string}` {
  return orderedRoot(table.trie, answer.to - answer.from, (tape, index) => {
    const row = (answer.from + index) * RECEIPT_FIELDS
    const { receipts } = table
    const length = (receipts[row + RECEIPT.end] ?? 0) - (receipts[row + RECEIPT.beginning] ?? 0)
    rewind(tape, length / 2 + RECEIPT_BYTES)
    writeReceiptAt(tape, table, row)
  })
}

const BLOOM_BYTES = 256
/** Generously: type, status, gas, bloom, deposit fields and the heads of all. */
const RECEIPT_BYTES = BLOOM_BYTES + 256 + NODE_EXTRA_BYTES
/** An address and the heads of a log. */
const LOG_BYTES = 64
const TOPIC_BYTES = 33

function roomFor({ logs }: ReceiptJson): number {
  let bytes = RECEIPT_BYTES
  for (const { topics, data } of logs) {
    bytes += LOG_BYTES + topics.length * TOPIC_BYTES + data.length / 2
  }
  return Math.ceil(bytes)
}

/** How a type is written: which bytes stand before the receipt, and whether it is a deposit's. */
const TYPES: ReadonlyMap<string, { head?: number; deposit?: boolean }> = new Map([
  ['0x0', {}],
  ['0x1', { head: 0x01 }],
  ['0x2', { head: 0x02 }],
  ['0x3', { head: 0x03 }],
  ['0x4', { head: 0x04 }],
  ['0x7e', { head: 0x7e, deposit: true }],
  // Arbitrum's own, from deposits to internal ones; 0x78 is a legacy one from before Nitro.
  ...[0x64, 0x65, 0x66, 0x68, 0x69, 0x6a].map(
    (type) => [`0x${type.toString(16)}`, { head: type }] as const,
  ),
  ['0x78', {}],
])

function typeOf(name = '0x0'): { head?: number; deposit?: boolean } {
  // Some nodes write the digits of a type in upper case, as they never do elsewhere.
  const type = TYPES.get(name) ?? TYPES.get(name.toLowerCase())
  if (type === undefined) throw new ReceiptTypeError(name)
  return type
}

/** Types are nearly always of one digit, for which no text is made. */
function typeAt(table: ReceiptTable, place: number): { head?: number; deposit?: boolean } {
  const { bytes } = table.trie.tape.memory
  const digit = (bytes[place + 2] ?? 0) - 0x30
  const isShort = bytes[place] === 0x30 && bytes[place + 1] === 0x78 && bytes[place + 3] === 0x22
  return (isShort && SHORT_TYPES[digit]) || typeOf(textAt(table, place))
}

function writeReceipt(tape: RlpTape, receipt: ReceiptJson): void {
  const type = typeOf(receipt.type)
  // Without a version, from before the Canyon upgrade, the root covers no nonce either.
  if (type.deposit && receipt.depositReceiptVersion) {
    writeQuantity(tape, receipt.depositReceiptVersion)
    writeQuantity(tape, receipt.depositNonce ?? '0x0')
  }
  const logsBefore = written(tape)
  for (let index = receipt.logs.length - 1; index >= 0; index--) {
    writeLog(tape, receipt.logs[index] as LogJson)
  }
  endList(tape, logsBefore)
  writeString(tape, receipt.logsBloom, BLOOM_BYTES)
  writeQuantity(tape, receipt.cumulativeGasUsed)
  if (receipt.status) writeQuantity(tape, receipt.status)
  else writeString(tape, receipt.root ?? '', 32)
  endList(tape, 0)
  if (type.head !== undefined) writeByte(tape, type.head)
}

function writeLog(tape: RlpTape, { address, topics, data }: LogJson): void {
  const before = written(tape)
  writeString(tape, data)
  const topicsBefore = written(tape)
  for (let index = topics.length - 1; index >= 0; index--)
    writeString(tape, topics[index] as string, 32)
  endList(tape, topicsBefore)
  writeString(tape, address, 20)
  endList(tape, before)
}

const SHORT_TYPES = ['0x0', '0x1', '0x2', '0x3', '0x4'].map((name) => TYPES.get(name))

function writeReceiptAt(tape: RlpTape, table: ReceiptTable, row: number): void {
  const { receipts } = table
  const place = (field: number) => receipts[row + field] ?? 0
  const type = typeAt(table, place(RECEIPT.type))
  const version = type.deposit ? place(RECEIPT.depositReceiptVersion) : 0
  if (version > 0) {
    writeQuantityAt(tape, version)
    const nonce = place(RECEIPT.depositNonce)
    if (nonce > 0) writeQuantityAt(tape, nonce)
    else writeQuantity(tape, '0x0')
  }
  const logsBefore = written(tape)
  for (let log = place(RECEIPT.logsTo) - 1; log >= place(RECEIPT.logsFrom); log--) {
    writeLogAt(tape, table, log * LOG_FIELDS)
  }
  endList(tape, logsBefore)
  writeStringAt(tape, place(RECEIPT.logsBloom), BLOOM_BYTES)
  writeQuantityAt(tape, place(RECEIPT.cumulativeGasUsed))
  if (place(RECEIPT.status) > 0) writeQuantityAt(tape, place(RECEIPT.status))
  else writeStringAt(tape, place(RECEIPT.root), 32)
  endList(tape, 0)
  if (type.head !== undefined) writeByte(tape, type.head)
}

function writeLogAt(tape: RlpTape, { logs }: ReceiptTable, row: number): void {
  const before = written(tape)
  const data = logs[row + LOG.data] ?? 0
  writeStringAt(tape, data, ((logs[row + LOG.dataEnd] ?? 0) - data - 2) / 2)
  const topicsBefore = written(tape)
  for (let topic = (logs[row + LOG.topicCount] ?? 0) - 1; topic >= 0; topic--) {
    writeStringAt(tape, logs[row + LOG.topics + topic] ?? 0, 32)
  }
  endList(tape, topicsBefore)
  writeStringAt(tape, logs[row + LOG.address] ?? 0, 20)
  endList(tape, before)
}

/** The chain has transactions of a type that came after this program was written. */
export class ReceiptTypeError extends AppError {
  readonly code = 'EVM_RECEIPT_TYPE'

  constructor(type: string) {
    super(
      `Unknown transaction type ${JSON.stringify(type)}. Expected one of ` +
        `${[...TYPES.keys()].join(', ')}. Use a version of Coffer that knows it: how its ` +
        'receipts are proven can not be guessed.',
      { retry: 'never', details: { type } },
    )
  }
}
