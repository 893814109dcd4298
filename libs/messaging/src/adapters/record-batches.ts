import { compressionsAlgorithmsByBitmask, crc32c } from '@platformatic/kafka'
import type { RawMessage } from '../ports.ts'
import { CONTROL } from './platformatic-fetch.ts'

// https://kafka.apache.org/documentation/#recordbatch: places in a batch, and what they hold.
const LENGTH = 8
const LENGTH_COVERS_FROM = 12
const MAGIC = 16
const CRC = 17
const CRC_COVERS_FROM = 21
const ATTRIBUTES = 21
const LAST_OFFSET_DELTA = 23
const COUNT = 57
const RECORDS = 61

const COMPRESSION = 0b111
const MAGIC_KNOWN = 2

/** Batches of records, one after the other, as a broker stores them and sends them. */
export type RecordBatches = { partition: number; bytes: Buffer; from: number; to: number }

/** The offset behind the last batch that is whole; `undefined` if none is. */
export function offsetBehind(bytes: Buffer): bigint | undefined {
  let behind: bigint | undefined
  for (const start of batchStarts(bytes)) {
    behind = bytes.readBigInt64BE(start) + BigInt(bytes.readInt32BE(start + LAST_OFFSET_DELTA)) + 1n
  }
  return behind
}

/** A fetch may end in the midst of a batch, which then comes once more. */
function* batchStarts(bytes: Buffer): Generator<number> {
  let start = 0
  while (start + RECORDS <= bytes.length) {
    const end = start + LENGTH_COVERS_FROM + bytes.readInt32BE(start + LENGTH)
    if (end > bytes.length || end < start + RECORDS) return
    yield start
    start = end
  }
}

/**
 * Tells the messages with offsets `from` on and below `to`. A batch whose checksum is wrong is
 * passed over.
 */
export function tellRecords(
  { partition, bytes, from, to }: RecordBatches,
  message: RawMessage,
  visit: (message: RawMessage) => void,
): void {
  message.partition = partition
  for (const start of batchStarts(bytes)) {
    const end = start + LENGTH_COVERS_FROM + bytes.readInt32BE(start + LENGTH)
    const first = Number(bytes.readBigInt64BE(start))
    const attributes = bytes.readInt16BE(start + ATTRIBUTES)
    const isBeside = first >= to || (attributes & CONTROL) !== 0
    if (isBeside || !isSound(bytes, start, end)) continue
    const records = decompressed(bytes.subarray(start + RECORDS, end), attributes & COMPRESSION)
    const count = bytes.readInt32BE(start + COUNT)
    message.bytes = records
    let position = 0
    for (let number = 0; number < count; number += 1) {
      position = readRecord(records, position, message)
      message.offset += first
      if (message.offset >= from && message.offset < to) visit(message)
    }
  }
}

const isSound = (bytes: Buffer, start: number, end: number): boolean =>
  bytes[start + MAGIC] === MAGIC_KNOWN &&
  crc32c(bytes.subarray(start + CRC_COVERS_FROM, end)) === bytes.readUInt32BE(start + CRC)

function decompressed(records: Buffer, compression: number): Buffer {
  if (compression === 0) return records
  const algorithms: Record<number, { decompressSync(bytes: Buffer): Buffer } | undefined> =
    compressionsAlgorithmsByBitmask
  const algorithm = algorithms[compression]
  if (algorithm === undefined) throw new Error(`records are compressed in a way ${compression}`)
  return algorithm.decompressSync(records)
}

/** Reads the record at `from`, its offset still counted from its batch's. Returns where it ends. */
function readRecord(bytes: Buffer, from: number, message: RawMessage): number {
  at = from
  const length = varint(bytes)
  const end = at + length
  at += 1
  skipVarint(bytes)
  message.offset = varint(bytes)
  // A length below zero stands for nothing.
  const keyLength = Math.max(varint(bytes), 0)
  message.keyStart = at
  at += keyLength
  message.keyEnd = at
  const valueLength = Math.max(varint(bytes), 0)
  message.valueStart = at
  at += valueLength
  message.valueEnd = at
  const count = varint(bytes)
  const { headers } = message
  for (let place = 0; place < 4 * count; place += 2) {
    const partLength = Math.max(varint(bytes), 0)
    headers[place] = at
    at += partLength
    headers[place + 1] = at
  }
  message.headersCount = count
  return end
}

/** Where the record is read that is being read. */
let at = 0

/** https://protobuf.dev/programming-guides/encoding/#signed-ints */
function varint(bytes: Buffer): number {
  let byte = bytes[at++] ?? 0
  let value = byte & 0x7f
  for (let shift = 7; byte > 0x7f && shift < 35; shift += 7) {
    byte = bytes[at++] ?? 0
    value |= (byte & 0x7f) << shift
  }
  return (value >>> 1) ^ -(value & 1)
}

function skipVarint(bytes: Buffer): void {
  while ((bytes[at++] ?? 0) > 0x7f);
}
