import { AppError } from '@coffer/errors/app-error'
import { NODE_EXTRA_BYTES, type OrderedTrie, orderedRoot, orderedTrie } from './ordered-trie.ts'
import {
  endList,
  type RlpTape,
  rewind,
  writeByte,
  writeQuantity,
  writeString,
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

function writeReceipt(tape: RlpTape, receipt: ReceiptJson): void {
  // Some nodes write the digits of a type in upper case, as they never do elsewhere.
  const type = TYPES.get(receipt.type?.toLowerCase() ?? '0x0')
  if (type === undefined) throw new ReceiptTypeError(receipt.type ?? '')
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

/** The chain has transactions of a type that came after this program was written. */
export class ReceiptTypeError extends AppError {
  readonly code = 'EVM_RECEIPT_TYPE'

  constructor(type: string) {
    super(
      `Unknown transaction type ${JSON.stringify(type)}. Expected one of ` +
        `${[...TYPES.keys()].join(', ')}. Use a version of Coffer that knows it: how its receipts ` +
        'are proven can not be guessed.',
      { retry: 'never', details: { type } },
    )
  }
}
