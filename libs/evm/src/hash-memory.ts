import { HEX_STEP_BYTES, hexCode } from './hex-code.ts'
import { keccakCode, RATE_BYTES, ROUND_CONSTANTS_BYTES, roundConstants } from './keccak-code.ts'
import { wasmModule } from './wasm-module.ts'

/**
 * Memory whose contents can be hashed where they lie. Copying a short input in and out costs as
 * much as hashing it, so what is to be hashed is best written here from the start.
 */
export type HashMemory = {
  /** The memory, of which the bytes below {@link HASH_MEMORY_FIRST} are taken. */
  bytes: Buffer<ArrayBuffer>
  /** Makes `bytes` at least `size` long. They may then be another buffer, with what was written. */
  reserve(size: number): void
  /**
   * Writes to `to` the Keccak-256 hash of the `length` bytes from `at`. Overwrites up to
   * {@link HASH_PADDING_BYTES} bytes behind them.
   */
  hash(at: number, length: number, to: number): void
  /**
   * Decodes the hex digits from `at` into `length` bytes from `to`, which must be at least
   * {@link UNHEX_MIN_BYTES}. Answers 0 when some are no hex digits.
   */
  unhex(at: number, length: number, to: number): number
}

export const HASH_BYTES = 32
export const HASH_PADDING_BYTES = RATE_BYTES
export const HASH_MEMORY_FIRST = ROUND_CONSTANTS_BYTES
export const UNHEX_MIN_BYTES = HEX_STEP_BYTES

const PAGE_BYTES = 65_536

/** The part of the global WebAssembly that is used here; Node's types leave it to the browser's. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => { buffer: ArrayBuffer; grow(pages: number): number }
  Module: new (code: Uint8Array<ArrayBuffer>) => object
  Instance: new (module: object, imports: object) => { exports: Pick<HashMemory, 'hash' | 'unhex'> }
}

/** Compiled when first needed, in a few milliseconds. */
let compiled: object | undefined

/** Opens a memory of its own, of at least `size` bytes. */
export function hashMemory(size: number = PAGE_BYTES): HashMemory {
  compiled ??= new WebAssembly.Module(wasmModule([keccakCode(), hexCode()]))
  const memory = new WebAssembly.Memory({ initial: Math.ceil(size / PAGE_BYTES) })
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
  const bytes = Buffer.from(memory.buffer)
  for (const [round, constant] of roundConstants().entries()) {
    bytes.writeBigUInt64LE(constant, round * 8)
  }
  const opened: HashMemory = {
    bytes,
    reserve(wanted) {
      if (wanted <= opened.bytes.length) return
      memory.grow(Math.ceil((wanted - opened.bytes.length) / PAGE_BYTES))
      opened.bytes = Buffer.from(memory.buffer)
    },
    hash: exports.hash,
    unhex: exports.unhex,
  }
  return opened
}
