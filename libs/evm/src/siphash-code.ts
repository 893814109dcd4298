import { ADDRESS_BYTES } from './address.ts'
import {
  AGAIN_IF,
  END,
  get,
  I32,
  I32_ADD,
  I32_LESS,
  I64,
  i32,
  i64,
  LOOP,
  leb,
  load64,
  set,
  store64,
  tee,
  times,
  type WasmFunction,
} from './wasm-module.ts'

/** Bytes of a hash. */
export const HASH_BYTES = 8

/** Bytes of the state that {@link hashKey} makes of a key. */
export const HASH_KEY_BYTES = 32

/** Locals: three parameters, then lanes: the state, and what is taken in. */
const [AT, COUNT, TO, INDEX, V0, V1, V2, V3, INPUT] = [0, 1, 2, 3, 4, 5, 6, 7, 8]

const [I64_ADD, I64_XOR, I64_OR, I64_SHIFT, I64_ROTATE] = [0x7c, 0x85, 0x84, 0x86, 0x89]
const load32 = (offset: number) => [0x35, 2, ...leb(offset)]

/**
 * `sipHash(at, count, to)`: SipHash-1-3 of each of `count` addresses from `at`: 64 bits that nobody
 * foresees without the key, so that addresses which were mined to collide don't. `keyAt` is where
 * the state lies that {@link hashKey} makes.
 * https://www.aumasson.jp/siphash/siphash.pdf
 */
export function sipHashCode(keyAt: number): WasmFunction {
  return {
    name: 'sipHash',
    answers: false,
    locals: [
      [1, I32],
      [5, I64],
    ],
    body: [
      ...LOOP,
      ...times(4, (lane) => [...i32(0), ...load64(keyAt + 8 * lane), ...set(V0 + lane)]),
      ...[...take([...get(AT), ...load64(0)]), ...take([...get(AT), ...load64(8)])],
      ...take([...get(AT), ...load32(16), ...LENGTH, I64_OR]),
      ...[...get(V2), ...i64(0xff), I64_XOR, ...set(V2), ...times(3, round)],
      ...[...get(TO), ...get(V0), ...get(V1), I64_XOR, ...get(V2), I64_XOR, ...get(V3), I64_XOR],
      ...[...store64(0), ...step(AT, ADDRESS_BYTES), ...step(TO, HASH_BYTES)],
      ...[...get(INDEX), ...i32(1), I32_ADD, ...tee(INDEX), ...get(COUNT), I32_LESS],
      ...[...AGAIN_IF, END],
    ],
  }
}

/** The state that hashing under a key of 16 bytes begins with. */
export function hashKey(key: Uint8Array): BigUint64Array<ArrayBuffer> {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const [low, high] = [view.getBigUint64(0, true), view.getBigUint64(8, true)]
  return new BigUint64Array([
    low ^ 0x736f6d6570736575n,
    high ^ 0x646f72616e646f6dn,
    low ^ 0x6c7967656e657261n,
    high ^ 0x7465646279746573n,
  ])
}

/** The length of what is hashed, in the highest byte of the last word. */
const LENGTH = [...i64(ADDRESS_BYTES), ...i64(56), I64_SHIFT]

const step = (local: number, bytes: number) => [
  ...get(local),
  ...i32(bytes),
  I32_ADD,
  ...set(local),
]

/** Takes in a word by one round. */
function take(word: number[]): number[] {
  const into = (lane: number) => [...get(lane), ...get(INPUT), I64_XOR, ...set(lane)]
  return [...word, ...set(INPUT), ...into(V3), ...round(), ...into(V0)]
}

function round(): number[] {
  return [
    ...[...mix(V0, V1, 13), ...rotate(V0, 32), ...mix(V2, V3, 16)],
    ...[...mix(V0, V3, 21), ...mix(V2, V1, 17), ...rotate(V2, 32)],
  ]
}

/** Adds the second lane to the first, turns the second, and mixes the first into it. */
function mix(first: number, second: number, by: number): number[] {
  const add = [...get(first), ...get(second), I64_ADD, ...set(first)]
  return [...add, ...rotate(second, by), ...get(second), ...get(first), I64_XOR, ...set(second)]
}

const rotate = (lane: number, by: number) => [...get(lane), ...i64(by), I64_ROTATE, ...set(lane)]
