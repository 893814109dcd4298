import {
  HASH_BYTES,
  HASH_MEMORY_FIRST,
  HASH_PADDING_BYTES,
  type HashMemory,
  hashMemory,
  UNHEX_MIN_BYTES,
} from './hash-memory.ts'
import { HexError } from './hex-error.ts'

/**
 * Holds RLP that is written from its end to its beginning: the length that heads a list or a string
 * is known once what is in it has been written, so nothing is measured first and nothing copied. It
 * lies in memory in which it is hashed at once. The functions below write it, one thing at a time.
 * https://ethereum.org/developers/docs/data-structures-and-encoding/rlp/
 */
export type RlpTape = {
  memory: HashMemory
  bytes: Buffer<ArrayBuffer>
  /** Where what was written begins and ends. */
  at: number
  end: number
  /** Bytes from here on are the tape's; below is room for what others keep in the memory. */
  floor: number
}

/** From here on others may use the memory of a tape, up to its floor. */
export const TAPE_MEMORY_FIRST = HASH_MEMORY_FIRST + HASH_BYTES

const STRING = 0x80
const LIST = 0xc0
/** Lengths up to this are in the head's first byte itself. */
const SHORT_MAX = 55

/** Values of hex digits by character code; what is no digit has a high bit. */
const NO_DIGIT = 0x80
const DIGITS = new Uint8Array(256).fill(NO_DIGIT)
for (let value = 0; value < 16; value++) {
  DIGITS[value.toString(16).charCodeAt(0)] = value
  DIGITS[value.toString(16).toUpperCase().charCodeAt(0)] = value
}
const [ZERO, LOWER_X, QUOTE] = [0x30, 0x78, 0x22]

/** Opens a tape with a memory of its own. */
export function rlpTape(): RlpTape {
  const memory = hashMemory()
  const end = memory.bytes.length - HASH_PADDING_BYTES
  return { memory, bytes: memory.bytes, at: end, end, floor: TAPE_MEMORY_FIRST }
}

/** Starts anew, with room for `length` bytes, and for the hex they are made of. */
export function rewind(tape: RlpTape, length: number): void {
  tape.memory.reserve(tape.floor + 3 * Math.ceil(length) + 64 + HASH_PADDING_BYTES)
  tape.bytes = tape.memory.bytes
  tape.end = tape.bytes.length - HASH_PADDING_BYTES
  tape.at = tape.end
}

/** How many bytes have been written. What was written first is last. */
export const written = ({ at, end }: RlpTape): number => end - at

/** Writes one byte as it is. */
export function writeByte(tape: RlpTape, value: number): void {
  tape.bytes[--tape.at] = value
}

/** Writes what `saved` has from `start` to `end`, as it is. */
export function writeBytes(tape: RlpTape, saved: Uint8Array, start: number, end: number): void {
  for (let from = end; from > start; from--) tape.bytes[--tape.at] = saved[from - 1] ?? 0
}

/** Heads the string that began where {@link written} was `before`. */
export function endString(tape: RlpTape, before: number): void {
  const length = written(tape) - before
  if (length !== 1 || (tape.bytes[tape.at] ?? 0) >= STRING) writeHead(tape, STRING, length)
}

/** Heads the list that began where {@link written} was `before`. */
export function endList(tape: RlpTape, before: number): void {
  writeHead(tape, LIST, written(tape) - before)
}

/**
 * Writes bytes as they are, given as hex with `0x`. Throws {@link HexError} unless they are hex,
 * and `length` bytes where that is given.
 */
export function writeHex(tape: RlpTape, hex: string, length = (hex.length - 2) / 2): void {
  if (hex.length !== 2 + 2 * length || hex.length % 2 !== 0) throw new HexError(hex, length)
  // A character outside of ASCII takes more than one byte, none of which is a digit.
  tape.bytes.write(hex, tape.floor, hex.length)
  writeHexAt(tape, tape.floor, length)
}

/** Like {@link writeHex}, of hex that is in the tape's memory from `at`, and `length` bytes. */
function writeHexAt(tape: RlpTape, at: number, length: number): void {
  const { bytes } = tape
  tape.at -= length
  let isHex = bytes[at] === ZERO && bytes[at + 1] === LOWER_X
  if (length >= UNHEX_MIN_BYTES) {
    isHex = isHex && tape.memory.unhex(at + 2, length, tape.at) === 1
  } else {
    for (let index = 0; index < length; index++) {
      const [high, low] = [digit(bytes, at + 2 + 2 * index), digit(bytes, at + 3 + 2 * index)]
      if (high === NO_DIGIT || low === NO_DIGIT) isHex = false
      bytes[tape.at + index] = (high << 4) | low
    }
  }
  if (!isHex) throw new HexError(bytes.toString('latin1', at, at + 2 + 2 * length), length)
}

/** Writes a string of bytes, given as for {@link writeHex}. */
export function writeString(tape: RlpTape, hex: string, length?: number): void {
  const before = written(tape)
  writeHex(tape, hex, length)
  endString(tape, before)
}

/** Writes a string of bytes, given as for {@link writeHexAt} and up to a quotation mark. */
export function writeStringAt(tape: RlpTape, at: number, length: number): void {
  const before = written(tape)
  const stop = at + 2 + 2 * length
  // A digit more would not be hashed, and yet be read by others.
  if (tape.bytes[stop] !== QUOTE)
    throw new HexError(tape.bytes.toString('latin1', at, stop), length)
  writeHexAt(tape, at, length)
  endString(tape, before)
}

/** Writes a number as JSON-RPC gives it, `0x1f4`: a string of its bytes without leading zeros. */
export function writeQuantity(tape: RlpTape, hex: string): void {
  tape.bytes.write(hex, tape.floor, QUANTITY_MAX)
  tape.bytes[tape.floor + hex.length] = QUOTE
  if (hex.length > QUANTITY_MAX) throw new HexError(hex)
  writeQuantityAt(tape, tape.floor)
}

/** Like {@link writeQuantity}, of a number in the tape's memory from `at` to a quotation mark. */
export function writeQuantityAt(tape: RlpTape, at: number): void {
  const { bytes } = tape
  const before = written(tape)
  let first = at + 2
  while (bytes[first] === ZERO) first++
  let stop = first
  while (digit(bytes, stop) !== NO_DIGIT) stop++
  const isHex = bytes[at] === ZERO && bytes[at + 1] === LOWER_X && bytes[stop] === QUOTE
  if (!isHex || stop === at + 2) throw new HexError(bytes.toString('latin1', at, stop + 1))
  for (; stop > first; stop -= 2) {
    const high = stop - 1 > first ? digit(bytes, stop - 2) : 0
    bytes[--tape.at] = (high << 4) | digit(bytes, stop - 1)
  }
  endString(tape, before)
}

/** Copies all that was written to `target`. */
export function copyWritten({ bytes, at, end }: RlpTape, target: Uint8Array, to: number): void {
  target.set(bytes.subarray(at, end), to)
}

/** Puts the Keccak-256 hash of all that was written into `target`. */
export function hashWritten(tape: RlpTape, target: Uint8Array, to: number): void {
  const { bytes, memory } = tape
  memory.hash(tape.at, written(tape), HASH_MEMORY_FIRST)
  for (let index = 0; index < HASH_BYTES; index++) {
    target[to + index] = bytes[HASH_MEMORY_FIRST + index] ?? 0
  }
}

/** `0x` and the digits of a number of 32 bytes. */
const QUANTITY_MAX = 66

const digit = (bytes: Uint8Array, at: number): number => DIGITS[bytes[at] ?? 0] ?? NO_DIGIT

function writeHead(tape: RlpTape, kind: typeof STRING | typeof LIST, length: number): void {
  if (length <= SHORT_MAX) {
    writeByte(tape, kind + length)
    return
  }
  const before = written(tape)
  for (let rest = length; rest > 0; rest >>>= 8) writeByte(tape, rest & 0xff)
  writeByte(tape, kind + SHORT_MAX + written(tape) - before)
}
