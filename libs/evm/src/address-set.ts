import { type AddressWords, addressHash } from './address-hash.ts'

/** A set of addresses that takes some 25 bytes for each, and answers exactly. */
export type AddressSet = {
  /** Adds `0x` and 40 hex digits; answers whether it is new. Throws when it is anything else. */
  add(hex: string): boolean
  /** Adds the 20 bytes from `offset` on; answers whether they are new. */
  addBytes(bytes: Uint8Array, offset: number): boolean
  /** Letter case does not matter. What is no address is not in the set. */
  has(hex: string): boolean
  /** Asks for the address in a log's topic: 32 bytes of hex, of which the first 12 are zero. */
  hasTopic(topic: string): boolean
  readonly size: number
  /** What the set takes of memory, bytes. */
  readonly bytes: number
}

/** Words of 4 bytes in a slot. */
const WORDS = 5
export const ADDRESS_BYTES = 4 * WORDS

const SHARD_BITS = 8
const SHARDS = 2 ** SHARD_BITS
const SLOT_BITS = 32 - SHARD_BITS

const SLOTS_FIRST = 4
/** Of a shard's slots so many are used before it grows: less memory against longer searches. */
const LOAD_MAX = 0.85
const GROWTH = 1.25

const TOPIC_PADDING = `0x${'0'.repeat(24)}`

/** The value of each character as a hex digit; of what is none, a number above 15. */
const DIGITS = new Uint8Array(2 ** 16).fill(0xff)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value
}

/**
 * An empty set. It is a hash table of the addresses themselves with open addressing, in shards that
 * grow one by one, so that growing takes neither twice the memory nor long at a time. The hash is
 * keyed at random: addresses that were mined to collide slow nothing down.
 */
export function addressSet(): AddressSet {
  const [key0 = 0, key1 = 0] = crypto.getRandomValues(new Int32Array(2))
  const tables = Array.from({ length: SHARDS }, () => new Int32Array(SLOTS_FIRST * WORDS))
  const counts = new Uint32Array(SHARDS)
  const words: AddressWords = new Int32Array(WORDS)
  let size = 0
  /** A slot of zeros is empty, so the zero address has no slot. */
  let hasZero = false

  const tableOf = (hash: number) => tables[hash >>> SLOT_BITS] as Int32Array

  function addWords(): boolean {
    if (isZero(words, 0)) {
      if (hasZero) return false
      hasZero = true
    } else {
      const hash = addressHash(words, key0, key1)
      const slot = findSlot(tableOf(hash), hash, words)
      if (slot >= 0) return false
      tableOf(hash).set(words, ~slot)
      const shard = hash >>> SLOT_BITS
      const count = (counts[shard] ?? 0) + 1
      counts[shard] = count
      if (count * WORDS > tableOf(hash).length * LOAD_MAX) grow(shard)
    }
    size += 1
    return true
  }

  function hasWords(): boolean {
    if (isZero(words, 0)) return hasZero
    const hash = addressHash(words, key0, key1)
    return findSlot(tableOf(hash), hash, words) >= 0
  }

  function grow(shard: number): void {
    const from = tables[shard] as Int32Array<ArrayBuffer>
    const to = new Int32Array(Math.ceil((from.length / WORDS) * GROWTH) * WORDS)
    const moved: AddressWords = new Int32Array(WORDS)
    for (let slot = 0; slot < from.length; slot += WORDS) {
      if (isZero(from, slot)) continue
      for (let word = 0; word < WORDS; word += 1) moved[word] = from[slot + word] ?? 0
      to.set(moved, ~findSlot(to, addressHash(moved, key0, key1), moved))
    }
    tables[shard] = to
    // Gives the memory back now and not when garbage is collected next.
    from.buffer.transfer(0)
  }

  return {
    add(hex) {
      if (hex.length !== 42 || !hex.startsWith('0x') || !readHex(hex, 2, words)) {
        throw new RangeError(`Expected 0x and 40 hex digits, got ${JSON.stringify(hex)}.`)
      }
      return addWords()
    },
    addBytes(bytes, offset) {
      readBytes(bytes, offset, words)
      return addWords()
    },
    has: (hex) =>
      hex.length === 42 && hex.startsWith('0x') && readHex(hex, 2, words) && hasWords(),
    hasTopic: (topic) =>
      topic.length === 66 &&
      topic.startsWith(TOPIC_PADDING) &&
      readHex(topic, TOPIC_PADDING.length, words) &&
      hasWords(),
    get size() {
      return size
    },
    get bytes() {
      return tables.reduce((sum, { byteLength }) => sum + byteLength, 0)
    },
  }
}

/** Where `words` are in `table`; if they aren't, the complement (`~`) of where they belong. */
function findSlot(table: Int32Array, hash: number, words: AddressWords): number {
  const [w0, w1, w2, w3, w4] = [words[0], words[1], words[2], words[3], words[4]]
  const share = (hash & (2 ** SLOT_BITS - 1)) / 2 ** SLOT_BITS
  let slot = Math.floor(share * (table.length / WORDS)) * WORDS
  for (;;) {
    const first = table[slot]
    if (
      first === w0 &&
      table[slot + 1] === w1 &&
      table[slot + 2] === w2 &&
      table[slot + 3] === w3 &&
      table[slot + 4] === w4
    ) {
      return slot
    }
    if (first === 0 && isZero(table, slot)) return ~slot
    slot += WORDS
    if (slot === table.length) slot = 0
  }
}

function isZero(table: Int32Array, slot: number): boolean {
  return (
    table[slot] === 0 &&
    table[slot + 1] === 0 &&
    table[slot + 2] === 0 &&
    table[slot + 3] === 0 &&
    table[slot + 4] === 0
  )
}

/** Reads 40 hex digits from `offset` on; answers `false` when there is anything else. */
function readHex(text: string, offset: number, words: AddressWords): boolean {
  let seen = 0
  let at = offset
  for (let word = 0; word < WORDS; word += 1) {
    let value = 0
    for (let shift = 0; shift < 32; shift += 8) {
      const high = DIGITS[text.charCodeAt(at)] ?? 0
      const low = DIGITS[text.charCodeAt(at + 1)] ?? 0
      seen |= high | low
      value |= ((high << 4) | low) << shift
      at += 2
    }
    words[word] = value
  }
  return seen < 16
}

function readBytes(bytes: Uint8Array, offset: number, words: AddressWords): void {
  if (offset < 0 || offset + ADDRESS_BYTES > bytes.length) {
    throw new RangeError(`No ${ADDRESS_BYTES} bytes at ${offset} of ${bytes.length}.`)
  }
  let at = offset
  for (let word = 0; word < WORDS; word += 1) {
    words[word] =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)
    at += 4
  }
}
