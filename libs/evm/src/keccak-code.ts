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
  load64,
  set,
  store64,
  tee,
  times,
  type WasmFunction,
} from './wasm-module.ts'

/** Bytes of input that one permutation takes in: 1600 bits without twice the 256 of the digest. */
export const RATE_BYTES = 136

/** The first bytes of the memory, which must hold {@link roundConstants}. */
export const ROUND_CONSTANTS_BYTES = 24 * 8

/** Locals: three parameters, two numbers, then lanes: state, successor, effects and a row. */
const [AT, LENGTH, TO, STOP, ROUND, STATE, NEXT, EFFECTS, ROW] = [0, 1, 2, 3, 4, 5, 30, 55, 60]

/** Rounds in one turn of the loop: a quarter faster than one, and four are no better. */
const ROUNDS_PER_TURN = 2

const [I32_MUL, I32_DIV, I32_OR] = [0x6c, 0x6e, 0x72]
const [I64_XOR, I64_AND, I64_ROTATE] = [0x85, 0x83, 0x89]
const FILL = [0xfc, 0x0b, 0x00]
const LOAD_8 = [0x2d, 0, 0]
const STORE_8 = [0x3a, 0, 0]

/**
 * `hash(at, length, to)`: Keccak-256 with the whole state in local variables, for JavaScript has no
 * fast 64-bit integers.
 */
export function keccakCode(): WasmFunction {
  return {
    name: 'hash',
    answers: false,
    locals: [
      [2, I32],
      [25 + 25 + 5 + 5, I64],
    ],
    body: [...padding(), ...absorption(), ...digest()],
  }
}

/** The round constants: a shift register sets their bits 2^j - 1 (FIPS 202 §3.2.5). */
export function roundConstants(): bigint[] {
  let register = 1
  return Array.from({ length: 24 }, () => {
    let constant = 0n
    for (let power = 0; power < 7; power++) {
      if (register & 1) constant |= 1n << ((1n << BigInt(power)) - 1n)
      register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1
    }
    return constant
  })
}

/** Keccak's own padding behind the input: a bit 1, zeros, a bit 1 that ends the last block. */
function padding(): number[] {
  const lastByte = [...get(STOP), ...i32(1), I32_SUB]
  return [
    ...[...get(AT), ...get(LENGTH), ...i32(RATE_BYTES), I32_DIV, ...i32(1), I32_ADD],
    ...[...i32(RATE_BYTES), I32_MUL, I32_ADD, ...set(STOP)],
    ...[...get(AT), ...get(LENGTH), I32_ADD, ...set(LENGTH)],
    ...[...get(LENGTH), ...i32(0), ...get(STOP), ...get(LENGTH), I32_SUB, ...FILL],
    ...[...get(LENGTH), ...i32(1), ...STORE_8],
    ...[...lastByte, ...lastByte, ...LOAD_8, ...i32(0x80), I32_OR, ...STORE_8],
  ]
}

function absorption(): number[] {
  const lanes = times(RATE_BYTES / 8, (lane) => [
    ...[...get(STATE + lane), ...get(AT), ...load64(8 * lane), I64_XOR, ...set(STATE + lane)],
  ])
  const rounds = times(ROUNDS_PER_TURN, round)
  return [
    ...[...LOOP, ...lanes, ...i32(0), ...set(ROUND), ...LOOP, ...rounds, ...get(ROUND)],
    ...[...i32(8 * ROUNDS_PER_TURN), I32_ADD, ...tee(ROUND), ...i32(ROUND_CONSTANTS_BYTES)],
    ...[I32_LESS, ...AGAIN_IF, END],
    ...[...get(AT), ...i32(RATE_BYTES), I32_ADD, ...tee(AT), ...get(STOP), I32_LESS],
    ...[...AGAIN_IF, END],
  ]
}

/**
 * One round: θ, then ρ, π and χ for one row of the successor after another, so that few values
 * are wanted at a time, and ι. `turn` counts the rounds since the constant that ROUND points to.
 */
function round(turn: number): number[] {
  const sums = times(5, (x) => [
    ...get(STATE + x),
    ...times(4, (y) => [...get(STATE + x + 5 * (y + 1)), I64_XOR]),
    ...set(ROW + x),
  ])
  const effects = times(5, (x) => [
    ...[...get(ROW + ((x + 4) % 5)), ...get(ROW + ((x + 1) % 5)), ...i64(1), I64_ROTATE],
    ...[I64_XOR, ...set(EFFECTS + x)],
  ])
  const offsets = rotations()
  const rows = times(5, (y) => [
    ...times(5, (x) => {
      // π moves lane (u, x) here, for which 2u + 3x is y modulo 5.
      const u = (3 * (y + 2 * x)) % 5
      const lane = u + 5 * x
      const rotation = [...i64(offsets[lane] ?? 0), I64_ROTATE]
      return [...get(STATE + lane), ...get(EFFECTS + u), I64_XOR, ...rotation, ...set(ROW + x)]
    }),
    ...times(5, (x) => [
      ...[...get(ROW + x), ...get(ROW + ((x + 1) % 5)), ...i64(-1), I64_XOR],
      ...[...get(ROW + ((x + 2) % 5)), I64_AND, I64_XOR, ...set(NEXT + x + 5 * y)],
    ]),
  ])
  const constant = [...get(NEXT), ...get(ROUND), ...load64(8 * turn), I64_XOR, ...set(NEXT)]
  const moves = times(25, (lane) => [...get(NEXT + lane), ...set(STATE + lane)])
  return [...sums, ...effects, ...rows, ...constant, ...moves]
}

function digest(): number[] {
  return times(4, (lane) => [...get(TO), ...get(STATE + lane), ...store64(8 * lane)])
}

/** By how many bits ρ rotates each lane: the triangular numbers along the walk of π. */
function rotations(): number[] {
  const offsets = new Array<number>(25).fill(0)
  let [x, y] = [1, 0]
  for (let step = 0; step < 24; step++) {
    offsets[x + 5 * y] = (((step + 1) * (step + 2)) / 2) % 64
    ;[x, y] = [y, (2 * x + 3 * y) % 5]
  }
  return offsets
}
