import { ADDRESS_BYTES } from './address.ts'
import {
  ADDRESS_DIGITS,
  type AddressTable,
  ASKED,
  ASKED_MAX,
  ASKED_TEXT,
  addressTable,
} from './address-table.ts'

/** A set of addresses that takes 24 to 28 bytes for each of many, and answers exactly. */
export type AddressSet = {
  /** Adds addresses of 20 bytes each, one behind the other; answers how many of them are new. */
  add(addresses: Uint8Array): number
  /** Letter case does not matter. What is no address is not in the set. */
  has(hex: string): boolean
  /**
   * Which are in the set of the addresses whose 40 hex digits begin at these places of `bytes`: the
   * indexes of their places, ascending. Costs a fraction of asking for one after the other.
   */
  among(bytes: Uint8Array, places: readonly number[]): number[]
  readonly size: number
  /** What the set takes of memory, bytes. */
  readonly bytes: number
}

/** The value of each character as a hex digit; what is none has a value that shows in a byte. */
const DIGITS = new Uint16Array(2 ** 16).fill(0x100)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value
}

/** An empty set. Addresses that were mined to collide slow nothing down. */
export function addressSet(): AddressSet {
  const table = addressTable()
  let size = 0

  return {
    add(addresses) {
      const { length } = addresses
      if (length % ADDRESS_BYTES !== 0) {
        throw new RangeError(`Expected ${ADDRESS_BYTES} bytes for each address, got ${length}.`)
      }
      const before = size
      for (let from = 0; from < length; from += ASKED_MAX * ADDRESS_BYTES) {
        const some = addresses.subarray(from, from + ASKED_MAX * ADDRESS_BYTES)
        table.bytes.set(some, ASKED)
        size += table.add(some.length / ADDRESS_BYTES)
      }
      return size - before
    },
    has(hex) {
      if (hex.length !== ADDRESS_DIGITS + 2 || !hex.startsWith('0x')) return false
      if (!readHex(hex, table.words)) return false
      table.find(1)
      return table.isIn(0)
    },
    among(bytes, places) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const { words } = table
      const found: number[] = []
      for (let from = 0; from < places.length; from += ASKED_MAX) {
        const count = Math.min(ASKED_MAX, places.length - from)
        for (let each = 0; each < count; each++) {
          copyDigits(view, places[from + each] ?? -1, words, each)
        }
        findAmong(table, count, from, found)
      }
      return found
    },
    get size() {
      return size
    },
    get bytes() {
      return table.size
    },
  }
}

/** Adds to `found` which of the first `count` texts are in the table, counted from `from`. */
function findAmong(table: AddressTable, count: number, from: number, found: number[]): void {
  if (table.unhex(0, count)) {
    table.find(count)
    for (let each = 0; each < count; each++) if (table.isIn(each)) found.push(from + each)
    return
  }
  // Some are no hex, which only liars write: the others may be in the table all the same.
  for (let each = 0; each < count; each++) {
    if (!table.unhex(each, 1)) continue
    table.find(1)
    if (table.isIn(0)) found.push(from + each)
  }
}

/** Written out, for a loop would take twice the time. */
function copyDigits(view: DataView, place: number, words: Int32Array, index: number): void {
  if (place < 0 || place + ADDRESS_DIGITS > view.byteLength) {
    throw new RangeError(`No ${ADDRESS_DIGITS} digits at ${place} of ${view.byteLength} bytes.`)
  }
  const to = (ASKED_TEXT + index * ADDRESS_DIGITS) / 4
  words[to] = view.getInt32(place, true)
  words[to + 1] = view.getInt32(place + 4, true)
  words[to + 2] = view.getInt32(place + 8, true)
  words[to + 3] = view.getInt32(place + 12, true)
  words[to + 4] = view.getInt32(place + 16, true)
  words[to + 5] = view.getInt32(place + 20, true)
  words[to + 6] = view.getInt32(place + 24, true)
  words[to + 7] = view.getInt32(place + 28, true)
  words[to + 8] = view.getInt32(place + 32, true)
  words[to + 9] = view.getInt32(place + 36, true)
}

/** Reads the 40 hex digits of an address; answers `false` when there is anything else. */
function readHex(text: string, words: Int32Array): boolean {
  let seen = 0
  for (let word = 0; word < ADDRESS_BYTES / 4; word += 1) {
    const at = 2 + word * 8
    const byte0 = byteAt(text, at)
    const byte1 = byteAt(text, at + 2)
    const byte2 = byteAt(text, at + 4)
    const byte3 = byteAt(text, at + 6)
    seen |= byte0 | byte1 | byte2 | byte3
    words[ASKED / 4 + word] = byte0 | (byte1 << 8) | (byte2 << 16) | (byte3 << 24)
  }
  return seen < 0x100
}

/** The byte of two hex digits; above 255 when they are none. */
function byteAt(text: string, at: number): number {
  const high = DIGITS[text.charCodeAt(at)] ?? 0
  const low = DIGITS[text.charCodeAt(at + 1)] ?? 0
  return (high << 4) | low
}
