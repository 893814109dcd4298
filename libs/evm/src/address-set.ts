import { type AddressWords, addressHash } from './address-hash.ts'

/** A set of addresses that takes 25 to 28 bytes for each, and answers exactly. */
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

const SHARD_BITS = 6
const SHARDS = 2 ** SHARD_BITS
const SLOT_BITS = 32 - SHARD_BITS

const SLOTS_FIRST = 4
/** Of a shard's slots so many are used before it grows: less memory against longer searches. */
const LOAD_MAX = 0.82
const GROWTH = 1.06

const TOPIC_PADDING = `0x${'0'.repeat(24)}`

/** The value of each character as a hex digit; what is none has a value that shows in a byte. */
const DIGITS = new Uint16Array(2 ** 16).fill(0x100)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value
}

/** A hash table: each slot has an address, and a tag of its hash, which is 0 where it is empty. */
type Shard = { tags: Uint8Array; slots: Int32Array; buffer: ArrayBuffer; count: number }

/**
 * An empty set. It is a hash table of the addresses themselves with open addressing, in shards that
 * grow one by one, so that growing takes neither twice the memory nor long at a time. The hash is
 * keyed at random: addresses that were mined to collide slow nothing down.
 */
export function addressSet(): AddressSet {
  const [key0 = 0, key1 = 0] = crypto.getRandomValues(new Int32Array(2))
  const shards = Array.from({ length: SHARDS }, () => emptyShard(SLOTS_FIRST))
  const words: AddressWords = new Int32Array(WORDS)
  let size = 0

  const shardOf = (hash: number) => shards[hash >>> SLOT_BITS] as Shard

  function addWords(): boolean {
    const hash = addressHash(words, key0, key1)
    const shard = shardOf(hash)
    const slot = findSlot(shard, hash, words)
    if (slot >= 0) return false
    fill(shard, ~slot, hash, words)
    if (shard.count > shard.tags.length * LOAD_MAX) grow(shard)
    size += 1
    return true
  }

  function hasWords(): boolean {
    const hash = addressHash(words, key0, key1)
    return findSlot(shardOf(hash), hash, words) >= 0
  }

  function grow(shard: Shard): void {
    const { tags, slots, buffer } = shard
    Object.assign(shard, emptyShard(Math.ceil(tags.length * GROWTH)))
    const moved: AddressWords = new Int32Array(WORDS)
    for (let slot = 0; slot < tags.length; slot += 1) {
      if (tags[slot] === 0) continue
      for (let word = 0; word < WORDS; word += 1) moved[word] = slots[slot * WORDS + word] ?? 0
      const hash = addressHash(moved, key0, key1)
      fill(shard, ~findSlot(shard, hash, moved), hash, moved)
    }
    // Gives the memory back now, and not when garbage is collected next.
    buffer.resize(0)
  }

  return {
    add(hex) {
      if (!readAddress(hex, words)) {
        throw new RangeError(`Expected 0x and 40 hex digits, got ${JSON.stringify(hex)}.`)
      }
      return addWords()
    },
    addBytes(bytes, offset) {
      readBytes(bytes, offset, words)
      return addWords()
    },
    has: (hex) => hex.length === 42 && hex.startsWith('0x') && readHex(hex, 2, words) && hasWords(),
    hasTopic: (topic) =>
      topic.length === 66 &&
      topic.startsWith(TOPIC_PADDING) &&
      readHex(topic, TOPIC_PADDING.length, words) &&
      hasWords(),
    get size() {
      return size
    },
    get bytes() {
      return shards.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
    },
  }
}

/** The buffer is one that can be resized, for the memory of others goes back late and in pieces. */
function emptyShard(slots: number): Shard {
  const size = slots * (ADDRESS_BYTES + 1)
  const buffer = new ArrayBuffer(size, { maxByteLength: size })
  return {
    tags: new Uint8Array(buffer, slots * ADDRESS_BYTES),
    slots: new Int32Array(buffer, 0, slots * WORDS),
    buffer,
    count: 0,
  }
}

function fill(shard: Shard, slot: number, hash: number, words: AddressWords): void {
  shard.tags[slot] = tagOf(hash)
  for (let word = 0; word < WORDS; word += 1) {
    shard.slots[slot * WORDS + word] = words[word] ?? 0
  }
  shard.count += 1
}

/** The low bits, which say least of where the slot is. */
const tagOf = (hash: number) => hash & 0xff || 1

/** The slot that `words` are in; if they aren't, the complement (`~`) of where they belong. */
function findSlot({ tags, slots }: Shard, hash: number, words: AddressWords): number {
  const tag = tagOf(hash)
  const share = (hash & (2 ** SLOT_BITS - 1)) / 2 ** SLOT_BITS
  let slot = Math.floor(share * tags.length)
  for (;;) {
    const found = tags[slot]
    if (found === tag && isAt(slots, slot * WORDS, words)) return slot
    if (found === 0) return ~slot
    slot += 1
    if (slot === tags.length) slot = 0
  }
}

function isAt(slots: Int32Array, at: number, words: AddressWords): boolean {
  return (
    slots[at] === words[0] &&
    slots[at + 1] === words[1] &&
    slots[at + 2] === words[2] &&
    slots[at + 3] === words[3] &&
    slots[at + 4] === words[4]
  )
}

/** Reads `0x` and 40 hex digits; answers `false` when there is anything else. */
function readAddress(text: string, words: AddressWords): boolean {
  const isPrefixed = text.charCodeAt(0) === 0x30 && text.charCodeAt(1) === 0x78
  return isPrefixed && text.length === 42 && readHex(text, 2, words)
}

/** Reads 40 hex digits from `offset` on; answers `false` when there is anything else. */
function readHex(text: string, offset: number, words: AddressWords): boolean {
  let seen = 0
  for (let word = 0; word < WORDS; word += 1) {
    const at = offset + word * 8
    const byte0 = byteAt(text, at)
    const byte1 = byteAt(text, at + 2)
    const byte2 = byteAt(text, at + 4)
    const byte3 = byteAt(text, at + 6)
    seen |= byte0 | byte1 | byte2 | byte3
    words[word] = byte0 | (byte1 << 8) | (byte2 << 16) | (byte3 << 24)
  }
  return seen < 0x100
}

/** The byte of two hex digits; above 255 when they are none. */
function byteAt(text: string, at: number): number {
  const high = DIGITS[text.charCodeAt(at)] ?? 0
  const low = DIGITS[text.charCodeAt(at + 1)] ?? 0
  return (high << 4) | low
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
