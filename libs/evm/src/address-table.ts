import { ADDRESS_BYTES } from './address.ts'
import {
  CHUNK_GROUPS,
  CHUNK_SLOTS,
  type FindPlaces,
  fetchCode,
  findCode,
  SHARD_CHUNKS_MAX,
  SHARDS,
} from './address-find-code.ts'
import { hexCode } from './hex-code.ts'
import { HASH_BYTES, HASH_KEY_BYTES, hashKey, sipHashCode } from './siphash-code.ts'
import { wasmModule } from './wasm-module.ts'

/**
 * A hash table of addresses in memory of WebAssembly. Addresses are put where they are asked for,
 * as bytes into {@link ASKED} or as hex into {@link ASKED_TEXT}, up to {@link ASKED_MAX} at once.
 */
export type AddressTable = {
  /** The memory. It becomes another one as the table grows. */
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** Decodes the hex of `count` addresses from the one at `from`. Answers 0 if some is no hex. */
  unhex(from: number, count: number): number
  /** Looks up the first `count`; then {@link AddressTable.isIn} tells. */
  find(count: number): void
  isIn(index: number): boolean
  /** Adds the first `count`; answers how many were not in it. */
  add(count: number): number
  /** What the table takes of memory, bytes. */
  readonly size: number
}

export const ASKED_MAX = 64
/** Characters of an address: its hex digits. */
export const ADDRESS_DIGITS = 2 * ADDRESS_BYTES

/** Of a shard's slots so many are used before it grows: less memory against longer searches. */
const LOAD_MAX = 0.9
/** By which part of itself a shard grows: less memory against more that is moved. */
const GROWTH = 1 / 16

const KEY = 64
export const ASKED = KEY + HASH_KEY_BYTES
export const ASKED_TEXT = ASKED + ASKED_MAX * ADDRESS_BYTES
/** Where what was found is, and what of the hash it leaves. */
export const FOUND = ASKED_TEXT + ASKED_MAX * ADDRESS_DIGITS
const FETCHED = FOUND + ASKED_MAX * HASH_BYTES
/** Where addresses are put that a shard has as it grows. */
const MOVED = FETCHED + ASKED_MAX * 4
const MOVED_FOUND = MOVED + ASKED_MAX * ADDRESS_BYTES

const GROUPS = MOVED_FOUND + ASKED_MAX * HASH_BYTES
const CHUNKS = GROUPS + SHARDS * 4
const CHUNKS_MAX = SHARDS * SHARD_CHUNKS_MAX
const TAGS = 2 ** Math.ceil(Math.log2(CHUNKS + CHUNKS_MAX * 4))
const SLOTS = TAGS + CHUNKS_MAX * CHUNK_SLOTS
const PLACES: FindPlaces = { groups: GROUPS, chunks: CHUNKS, tags: TAGS, slots: SLOTS }

const PAGE_BYTES = 65_536
/** The memory grows by so much at once. */
const STEP_BYTES = 2 ** 20
const CHUNK_BYTES = CHUNK_SLOTS * ADDRESS_BYTES
const ADDRESS_WORDS = ADDRESS_BYTES / 4
const ADDRESSES_MAX = CHUNKS_MAX * CHUNK_SLOTS * LOAD_MAX

type Code = (at: number, count: number, to: number) => number

/** The part of the global WebAssembly that is used here; Node's types leave it to the browser's. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => Table['memory']
  Module: new (code: Uint8Array<ArrayBuffer>) => object
  Instance: new (module: object, imports: object) => { exports: Table['code'] }
}

const CODE = [hexCode(), sipHashCode(KEY), fetchCode(PLACES), findCode(PLACES)]

/** Compiled when first needed, in a few milliseconds. */
let compiled: object | undefined

type Shard = {
  /** Its bits of a hash. */
  index: number
  /** Where the numbers of its chunks begin. */
  row: number
  chunks: number
  count: number
  countMax: number
}

type Table = {
  code: Record<'unhex' | 'sipHash' | 'fetch' | 'find', Code>
  memory: { buffer: ArrayBuffer; grow(pages: number): number }
  bytes: Uint8Array<ArrayBuffer>
  words: Int32Array<ArrayBuffer>
  shards: readonly Shard[]
  chunks: number
  /** What a shard had while it grows; kept for the next one. */
  moved: Int32Array<ArrayBuffer>
}

/**
 * An empty table: open addressing in shards that grow one by one, each by a few chunks behind the
 * end of the memory, so that growing takes neither twice the memory nor long at a time. The key of
 * its hash is drawn at random.
 */
export function addressTable(): AddressTable {
  const table = openTable()
  const { code } = table
  return {
    get bytes() {
      return table.bytes
    },
    get words() {
      return table.words
    },
    unhex: (from, count) =>
      code.unhex(ASKED_TEXT + from * ADDRESS_DIGITS, count * ADDRESS_BYTES, ASKED),
    find(count) {
      code.sipHash(ASKED, count, FOUND)
      if (count > 1) code.fetch(FETCHED, count, FOUND)
      code.find(ASKED, count, FOUND)
    },
    isIn: (index) => (table.words[FOUND / 4 + index * 2] ?? -1) >= 0,
    add: (count) => add(table, count),
    get size() {
      return table.chunks * CHUNK_SLOTS * (ADDRESS_BYTES + 1) + table.moved.byteLength
    },
  }
}

function openTable(): Table {
  compiled ??= new WebAssembly.Module(wasmModule(CODE))
  const initial = Math.ceil((SLOTS + SHARDS * CHUNK_BYTES) / PAGE_BYTES)
  const memory = new WebAssembly.Memory({ initial })
  const { exports: code } = new WebAssembly.Instance(compiled, { env: { memory } })
  const key = hashKey(crypto.getRandomValues(new Uint8Array(16)))
  new BigUint64Array(memory.buffer, KEY).set(key)
  const table: Table = {
    ...{ code, memory },
    bytes: new Uint8Array(memory.buffer),
    words: new Int32Array(memory.buffer),
    shards: Array.from({ length: SHARDS }, (_, index): Shard => {
      const row = CHUNKS / 4 + index * SHARD_CHUNKS_MAX
      return { index, row, chunks: 0, count: 0, countMax: 0 }
    }),
    chunks: 0,
    moved: new Int32Array(),
  }
  for (const shard of table.shards) extend(table, shard, 1)
  return table
}

function add(table: Table, count: number): number {
  const { code, shards } = table
  let added = 0
  code.sipHash(ASKED, count, FOUND)
  code.fetch(FETCHED, count, FOUND)
  for (let each = 0; each < count; each++) {
    const [at, found] = [ASKED + each * ADDRESS_BYTES, FOUND + each * HASH_BYTES]
    code.find(at, 1, found)
    if ((table.words[found / 4] ?? 0) >= 0) continue
    fill(table, at, found)
    added += 1
    const shard = shards[(table.bytes[found + 7] ?? 0) >>> (8 - Math.log2(SHARDS))] as Shard
    shard.count += 1
    if (shard.count > shard.countMax) grow(table, shard)
  }
  return added
}

/** Puts the address at `at` into the slot that was found for it. */
function fill({ bytes, words }: Table, at: number, found: number): void {
  const slot = ~(words[found / 4] ?? 0)
  bytes[TAGS + slot] = bytes[found + 4] || 1
  const to = (SLOTS + slot * ADDRESS_BYTES) / 4
  for (let word = 0; word < ADDRESS_WORDS; word++) words[to + word] = words[at / 4 + word] ?? 0
}

function grow(table: Table, shard: Shard): void {
  const length = shard.count * ADDRESS_WORDS
  if (table.moved.length < length) table.moved = new Int32Array(Math.ceil(length * (1 + GROWTH)))
  extend(table, shard, Math.max(1, Math.round(shard.chunks * GROWTH)))
  takeOut(table, shard)
  const { code, words, moved } = table
  for (let from = 0; from < length; from += ASKED_MAX * ADDRESS_WORDS) {
    const some = moved.subarray(from, Math.min(from + ASKED_MAX * ADDRESS_WORDS, length))
    const count = some.length / ADDRESS_WORDS
    words.set(some, MOVED / 4)
    code.sipHash(MOVED, count, MOVED_FOUND)
    for (let each = 0; each < count; each++) {
      const [at, found] = [MOVED + each * ADDRESS_BYTES, MOVED_FOUND + each * HASH_BYTES]
      code.find(at, 1, found)
      fill(table, at, found)
    }
  }
}

/** Adds empty chunks to a shard. What is in it is not found until it is put in anew. */
function extend(table: Table, shard: Shard, by: number): void {
  if (shard.chunks + by > SHARD_CHUNKS_MAX) {
    throw new RangeError(`No more addresses fit: a set holds ${Math.floor(ADDRESSES_MAX / 1e6)} M.`)
  }
  const missing = SLOTS + (table.chunks + by) * CHUNK_BYTES - table.bytes.length
  if (missing > 0) {
    table.memory.grow((Math.ceil(missing / STEP_BYTES) * STEP_BYTES) / PAGE_BYTES)
    table.bytes = new Uint8Array(table.memory.buffer)
    table.words = new Int32Array(table.memory.buffer)
  }
  for (let end = shard.chunks + by; shard.chunks < end; shard.chunks++) {
    table.words[shard.row + shard.chunks] = table.chunks++
  }
  table.words[GROUPS / 4 + shard.index] = shard.chunks * CHUNK_GROUPS
  shard.countMax = Math.floor(shard.chunks * CHUNK_SLOTS * LOAD_MAX)
}

/** Copies all that is in a shard, and empties its slots. */
function takeOut({ bytes, words, moved }: Table, { row, chunks }: Shard): void {
  let to = 0
  for (let chunk = 0; chunk < chunks; chunk++) {
    const first = (words[row + chunk] ?? 0) * CHUNK_SLOTS
    for (let slot = first; slot < first + CHUNK_SLOTS; slot++) {
      if (bytes[TAGS + slot] === 0) continue
      const from = (SLOTS + slot * ADDRESS_BYTES) / 4
      for (let word = 0; word < ADDRESS_WORDS; word++) moved[to++] = words[from + word] ?? 0
    }
    bytes.fill(0, TAGS + first, TAGS + first + CHUNK_SLOTS)
  }
}
