import { ADDRESS_BYTES } from './address.ts'
import { HASH_BYTES } from './siphash-code.ts'
import {
  AGAIN_IF,
  END,
  get,
  I32,
  I32_ADD,
  I32_LESS,
  I32_SUB,
  I64,
  i32,
  i64,
  LOOP,
  leb,
  load64,
  SELECT,
  set,
  simd,
  tee,
  times,
  V128,
  type WasmFunction,
} from './wasm-module.ts'

/** Slots whose tags are compared in one step; a search goes from one such group to the next. */
const GROUP_SLOTS = 16

/** Groups that a shard grows by at least. They lie together, the chunks of a shard anywhere. */
export const CHUNK_GROUPS = 16
export const CHUNK_SLOTS = CHUNK_GROUPS * GROUP_SLOTS

export const SHARDS = 64
export const SHARD_CHUNKS_MAX = 4_096

/**
 * Where in the memory the parts of the table are. The tags have their room from the start, of which
 * what is never written to takes no memory; the slots come last, where the memory grows.
 */
export type FindPlaces = {
  /** 4 bytes for each shard: how many groups it has. */
  groups: number
  /** 4 bytes for each of {@link SHARD_CHUNKS_MAX} chunks of each shard: their numbers. */
  chunks: number
  /** A byte for each slot: 0 where it is empty, else one of the hash of what is in it. */
  tags: number
  /** The bytes of an address for each slot. */
  slots: number
}

/** Locals: three parameters, numbers, the hash, then tags: those of a group, and the one sought. */
const [AT, COUNT, HASHES, INDEX, SHARD, GROUPS, GROUP, FIRST] = [0, 1, 2, 3, 4, 5, 6, 7]
const [MASK, SLOT, PLACE, HASH, TAGS, TAG] = [8, 9, 10, 11, 12, 13]
const LOCALS: WasmFunction['locals'] = [
  [8, I32],
  [1, I64],
  [2, V128],
]

const [I32_ZERO, I32_EQUAL, I32_LOWEST, I32_MUL] = [0x45, 0x46, 0x68, 0x6c]
const [I32_AND, I32_OR, I32_XOR, I32_LEFT, I32_RIGHT] = [0x71, 0x72, 0x73, 0x74, 0x76]
const [I64_ZERO, I64_MUL, I64_OR, I64_XOR, I64_RIGHT] = [0x50, 0x7e, 0x84, 0x85, 0x88]
const [TO_I32, TO_I64] = [0xa7, 0xad]
const [BLOCK, IF, AGAIN] = [
  [0x02, 0x40],
  [0x04, 0x40],
  [0x0c, 0],
]
const leave = (depth: number) => [0x0c, depth]
const leaveIf = (depth: number) => [0x0d, depth]

const load32 = (offset: number) => [0x28, 2, ...leb(offset)]
const load32Wide = (offset: number) => [0x35, 2, ...leb(offset)]
const STORE_32 = [0x36, 2, 0]

const loadTags = (offset: number) => [...simd(0x00), 0, ...leb(offset)]
const [EVERY_BYTE, BYTES_EQUAL, BITS] = [simd(0x0f), simd(0x23), simd(0x64)]
const NO_TAGS = [...simd(0x0c), ...times(16, () => [0])]

/**
 * `find(at, count, hashes)`: looks up `count` addresses from `at`, and puts into the first four
 * bytes of the hash of each the number of the slot that it is in; if it is in none, the complement
 * (`~`) of the one where it belongs. Nothing that one search loads waits for the one before, so
 * that the processor fetches for many at once what is not in its caches.
 */
export function findCode(places: FindPlaces): WasmFunction {
  return {
    name: 'find',
    answers: false,
    locals: LOCALS,
    body: [
      ...[...LOOP, ...home(places), ...BLOCK, ...LOOP],
      ...[...tagsOfGroup(places), ...sameAddress(places, 3), ...emptySlot(2)],
      ...[...nextGroup(), ...AGAIN, END, END],
      ...[...get(HASHES), ...get(SLOT), ...STORE_32],
      ...[...step(AT, ADDRESS_BYTES), ...step(HASHES, HASH_BYTES)],
      ...[...step(INDEX, 1), ...get(INDEX), ...get(COUNT), I32_LESS, ...AGAIN_IF, END],
    ],
  }
}

/**
 * `fetch(to, count, hashes)`: loads what `find` will look at into the caches: the tags of each
 * address, and the first slot that may have it. It does so in loops that are shorter than a search
 * and guess nothing, so that more of them wait for memory at once. Writes 4 bytes for each to `to`.
 */
export function fetchCode(places: FindPlaces): WasmFunction {
  const lowest = [...get(FIRST), ...get(MASK), I32_LOWEST, I32_ADD]
  const slot = [...lowest, ...i32(ADDRESS_BYTES), I32_MUL, ...i32(0), ...get(MASK), SELECT]
  return {
    name: 'fetch',
    answers: false,
    locals: LOCALS,
    body: [
      ...[...LOOP, ...home(places), ...tagsOfGroup(places)],
      ...[...get(AT), ...slot, ...STORE_32, ...step(AT, 4), ...step(HASHES, HASH_BYTES)],
      ...[...step(INDEX, 1), ...get(INDEX), ...get(COUNT), I32_LESS, ...AGAIN_IF, END],
      ...[...LOOP, ...step(AT, -4), ...get(AT), ...load32(0), ...load32(places.slots)],
      ...[...get(SLOT), I32_ADD, ...set(SLOT)],
      ...[...step(INDEX, -1), ...get(INDEX), ...AGAIN_IF, END],
      // What nobody needed would not be loaded.
      ...[...get(AT), ...get(SLOT), ...STORE_32],
    ],
  }
}

const step = (local: number, by: number) => [...get(local), ...i32(by), I32_ADD, ...set(local)]

/** The highest bits tell the shard, the low half where in it, and the byte between them the tag. */
function home({ groups }: FindPlaces): number[] {
  const shard = [...get(HASH), ...i64(64 - Math.log2(SHARDS)), I64_RIGHT, TO_I32, ...tee(SHARD)]
  const share = [...get(HASH), TO_I32, TO_I64, ...get(GROUPS), TO_I64, I64_MUL]
  const byte = [...get(HASH), ...i64(32), I64_RIGHT, TO_I32, ...i32(0xff), I32_AND, ...tee(MASK)]
  return [
    ...[...get(HASHES), ...load64(0), ...set(HASH)],
    ...[...shard, ...i32(2), I32_LEFT, ...load32(groups), ...set(GROUPS)],
    ...[...share, ...i64(32), I64_RIGHT, TO_I32, ...set(GROUP)],
    ...[...byte, ...get(MASK), I32_ZERO, I32_OR, ...EVERY_BYTE, ...set(TAG)],
  ]
}

/** Which of the group's slots may have the address, as bits. */
function tagsOfGroup({ chunks, tags }: FindPlaces): number[] {
  const row = [...get(SHARD), ...i32(Math.log2(SHARD_CHUNKS_MAX)), I32_LEFT]
  const inRow = [...get(GROUP), ...i32(Math.log2(CHUNK_GROUPS)), I32_RIGHT]
  const chunk = [...row, ...inRow, I32_ADD, ...i32(2), I32_LEFT, ...load32(chunks)]
  const first = [...chunk, ...i32(Math.log2(CHUNK_GROUPS)), I32_LEFT]
  const inChunk = [...get(GROUP), ...i32(CHUNK_GROUPS - 1), I32_AND]
  return [
    ...[...first, ...inChunk, I32_ADD, ...i32(Math.log2(GROUP_SLOTS)), I32_LEFT, ...tee(FIRST)],
    ...[...loadTags(tags), ...tee(TAGS), ...get(TAG), ...BYTES_EQUAL, ...BITS, ...set(MASK)],
  ]
}

/** Leaves with the slot that has the address, if one of the group has it. */
function sameAddress({ slots }: FindPlaces, depth: number): number[] {
  const difference = (load: (offset: number) => number[], offset: number) => [
    ...[...get(PLACE), ...load(slots + offset), ...get(AT), ...load(offset), I64_XOR],
  ]
  const differ = [
    ...[...difference(load64, 0), ...difference(load64, 8), I64_OR],
    ...[...difference(load32Wide, 16), I64_OR],
  ]
  const lowest = [...get(FIRST), ...get(MASK), I32_LOWEST, I32_ADD, ...tee(SLOT)]
  return [
    ...[...BLOCK, ...LOOP, ...get(MASK), I32_ZERO, ...leaveIf(1)],
    ...[...lowest, ...i32(ADDRESS_BYTES), I32_MUL, ...set(PLACE)],
    ...[...differ, I64_ZERO, ...leaveIf(depth)],
    ...[...get(MASK), ...get(MASK), ...i32(1), I32_SUB, I32_AND, ...set(MASK)],
    ...[...AGAIN, END, END],
  ]
}

/** Leaves with the first empty slot of the group, if one is: then no further group has it. */
function emptySlot(depth: number): number[] {
  const complement = [...i32(-1), I32_XOR, ...set(SLOT)]
  return [
    ...[...get(TAGS), ...NO_TAGS, ...BYTES_EQUAL, ...BITS, ...tee(MASK), ...IF],
    ...[...get(FIRST), ...get(MASK), I32_LOWEST, I32_ADD, ...complement, ...leave(depth), END],
  ]
}

/** After the last one comes the first. */
function nextGroup(): number[] {
  const next = [...get(GROUP), ...i32(1), I32_ADD, ...tee(GROUP)]
  return [...i32(0), ...next, ...get(GROUP), ...get(GROUPS), I32_EQUAL, SELECT, ...set(GROUP)]
}
