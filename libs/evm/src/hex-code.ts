import {
  AGAIN_IF,
  END,
  get,
  I32,
  I32_ADD,
  I32_LESS,
  I32_SUB,
  i32,
  LOOP,
  SELECT,
  set,
  simd,
  store64,
  tee,
  V128,
  type WasmFunction,
} from './wasm-module.ts'

/** Bytes that are decoded in one step, and the fewest that can be. */
export const HEX_STEP_BYTES = 8

/** Locals: three parameters, a place, then text, which of it are letters, and what was good. */
const [AT, LENGTH, TO, PLACE, TEXT, LETTERS, GOOD] = [0, 1, 2, 3, 4, 5, 6]

const [AND, OR] = [simd(0x4e), simd(0x50)]
const [BYTES_ADD, BYTES_SUB, BYTES_AT_MOST] = [simd(0x6e), simd(0x71), simd(0x2a)]
const [BYTES_LEFT, BYTES_RIGHT] = [simd(0x6b), simd(0x6d)]
const [PAIRS_LEFT, PAIRS_RIGHT, NARROW] = [simd(0x8b), simd(0x8d), simd(0x66)]
const LOAD = [...simd(0x00), 0, 0]
const ALL_TRUE = simd(0x63)
const FIRST_LANE = [...simd(0x1d), 0]

/** Sixteen times the same byte, or eight times the same two. */
const all = (...pattern: number[]) => [
  ...simd(0x0c),
  ...Array.from({ length: 16 }, (_, index) => pattern[index % pattern.length] ?? 0),
]

/**
 * `unhex(at, length, to)`: decodes `2 * length` hex digits, sixteen at once, and answers 1 when
 * they all are some. The last step may go over digits that an earlier one has decoded.
 */
export function hexCode(): WasmFunction {
  const last = [...get(LENGTH), ...i32(HEX_STEP_BYTES), I32_SUB]
  return {
    name: 'unhex',
    answers: true,
    locals: [
      [1, I32],
      [3, V128],
    ],
    body: [
      ...[...all(0xff), ...set(GOOD), ...LOOP],
      ...[...get(PLACE), ...last, ...get(PLACE), ...last, I32_LESS, SELECT, ...set(PLACE)],
      ...[...get(AT), ...get(PLACE), I32_ADD, ...get(PLACE), I32_ADD, ...LOAD, ...set(TEXT)],
      ...[...check(), ...get(TO), ...get(PLACE), I32_ADD, ...decode(), ...store64(0)],
      ...[...get(PLACE), ...i32(HEX_STEP_BYTES), I32_ADD, ...tee(PLACE), ...get(LENGTH)],
      ...[I32_LESS, ...AGAIN_IF, END, ...get(GOOD), ...ALL_TRUE],
    ],
  }
}

function check(): number[] {
  const digits = [...get(TEXT), ...all(0x30), ...BYTES_SUB, ...all(9), ...BYTES_AT_MOST]
  const lower = [...get(TEXT), ...all(0x20), ...OR]
  const letters = [...lower, ...all(0x61), ...BYTES_SUB, ...all(5), ...BYTES_AT_MOST]
  return [...digits, ...letters, ...OR, ...get(GOOD), ...AND, ...set(GOOD)]
}

/** A digit's value is its low four bits, and nine more for a letter. Then every two make a byte. */
function decode(): number[] {
  const letters = [...get(TEXT), ...i32(6), ...BYTES_RIGHT, ...all(1), ...AND, ...set(LETTERS)]
  const nine = [...get(LETTERS), ...i32(3), ...BYTES_LEFT, ...get(LETTERS), ...BYTES_ADD]
  const values = [...get(TEXT), ...all(0x0f), ...AND, ...nine, ...BYTES_ADD, ...set(TEXT)]
  const high = [...get(TEXT), ...i32(4), ...PAIRS_LEFT]
  const low = [...get(TEXT), ...i32(8), ...PAIRS_RIGHT]
  const pairs = [...high, ...low, ...OR, ...all(0xff, 0), ...AND]
  return [...letters, ...values, ...pairs, ...pairs, ...NARROW, ...FIRST_LANE]
}
