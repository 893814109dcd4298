import { HASH_MEMORY_FIRST, type HashMemory, hashMemory, UNHEX_MIN_BYTES } from './hash-memory.ts'
import { HexError } from './hex-error.ts'
import {
  ADDRESS_TEXT,
  LOGGED,
  LOGGED_FIELDS,
  type LogTable,
  topicCount,
  WORD_TEXT,
} from './log-table.ts'

/** What a log adds to its block's bloom filter. */
export type BloomInput = { address: string; topics: readonly string[] }

const BYTES = 256

type Bits = readonly [number, number, number]

/** Bits of values seen before. Senders, receivers and tokens repeat all the time. */
const bitsOf = new Map<string, Bits>()
const REMEMBERED_MAX = 200_000

/**
 * The logs bloom of a block with these logs, as hex: each address and topic sets three bits taken
 * from its Keccak-256 hash (Yellow Paper §4.4.1, M3:2048). Throws {@link HexError}.
 */
export function logsBloom(logs: Iterable<BloomInput>): `0x${string}` {
  const bloom = Buffer.alloc(BYTES)
  for (const { address, topics } of logs) {
    setBits(bloom, address)
    for (const topic of topics) setBits(bloom, topic)
  }
  return `0x${bloom.toString('hex')}`
}

function setBits(bloom: Buffer, value: string): void {
  for (const bit of bits(value)) setBit(bloom, bit)
}

function setBit(bloom: Buffer, bit: number): void {
  const index = BYTES - 1 - (bit >> 3)
  bloom[index] = (bloom[index] ?? 0) | (1 << (bit & 7))
}

function bits(value: string): Bits {
  const known = bitsOf.get(value)
  if (known) return known
  const found = bitsIn(value)
  if (bitsOf.size >= REMEMBERED_MAX) bitsOf.clear()
  bitsOf.set(value, found)
  return found
}

let memory: HashMemory | undefined
const [HASH, TEXT, VALUE] = [HASH_MEMORY_FIRST, 512, 1_024]
/** `0x` and the digits of a topic. */
const TEXT_MAX = 66

function bitsIn(value: string): Bits {
  memory ??= hashMemory()
  const { bytes } = memory
  const length = (value.length - 2) / 2
  const isHex = value.startsWith('0x') && value.length <= TEXT_MAX && value.length % 2 === 0
  bytes.write(value, TEXT, TEXT_MAX)
  if (!isHex || length < UNHEX_MIN_BYTES || !memory.unhex(TEXT + 2, length, VALUE))
    throw new HexError(value)
  memory.hash(VALUE, length, HASH)
  return [
    bytes.readUInt16BE(HASH) & 2047,
    bytes.readUInt16BE(HASH + 2) & 2047,
    bytes.readUInt16BE(HASH + 4) & 2047,
  ]
}

/** Like {@link logsBloom}, of the logs in the rows of a table from `from` to before `to`. */
export function tableBloom(table: LogTable, from: number, to: number): `0x${string}` {
  const bloom = Buffer.alloc(BYTES)
  const { bytes, logs } = table
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let row = from; row < to; row++) {
    const places = row * LOGGED_FIELDS
    setKnownBits(bloom, view, logs[places + LOGGED.address] ?? 0, ADDRESS_TEXT)
    const count = topicCount(table, row)
    for (let topic = 0; topic < count; topic++) {
      setKnownBits(bloom, view, logs[places + LOGGED.topics + topic] ?? 0, WORD_TEXT)
    }
  }
  return `0x${bloom.toString('hex')}`
}

/**
 * Bits of texts that were seen before, found by their bytes, so that no text is made of them: each
 * is in the one slot that its bytes tell, whole, and another that belongs there takes its place.
 */
const SLOTS = 2 ** 16
const SLOT_WORDS = 16
const slotTexts = new Int32Array(SLOTS * SLOT_WORDS)
const slotLengths = new Uint8Array(SLOTS)
const slotBits = new Uint16Array(SLOTS * 3)
const [QUOTE, HEX_PREFIX] = [0x22, 0x3078]

/** Sets the bits of the text at a place, which must be `0x` and hex, `length` characters long. */
function setKnownBits(bloom: Buffer, view: DataView, place: number, length: number): void {
  const isText = place > 0 && view.getUint8(place + length) === QUOTE
  if (!isText || view.getInt16(place) !== HEX_PREFIX) throw new HexError('', (length - 2) / 2)
  const first = place + 2
  const words = (length - 2) >> 2
  let mixed = 0
  for (let word = 0; word < words; word++) {
    mixed = Math.imul(mixed ^ view.getInt32(first + 4 * word), 0x9e3779b1)
    mixed ^= mixed >>> 15
  }
  const slot = mixed & (SLOTS - 1)
  if (!isInSlot(slot, view, first, words)) fillSlot(slot, view, place, length)
  for (let bit = 3 * slot; bit < 3 * slot + 3; bit++) setBit(bloom, slotBits[bit] ?? 0)
}

function isInSlot(slot: number, view: DataView, first: number, words: number): boolean {
  if (slotLengths[slot] !== words) return false
  const at = slot * SLOT_WORDS
  for (let word = 0; word < words; word++) {
    if (slotTexts[at + word] !== view.getInt32(first + 4 * word)) return false
  }
  return true
}

function fillSlot(slot: number, view: DataView, place: number, length: number): void {
  const text = Buffer.from(view.buffer, view.byteOffset + place, length).toString('latin1')
  slotBits.set(bitsIn(text), 3 * slot)
  const words = (length - 2) >> 2
  for (let word = 0; word < words; word++) {
    slotTexts[slot * SLOT_WORDS + word] = view.getInt32(place + 2 + 4 * word)
  }
  slotLengths[slot] = words
}
