import {
  HASH_BYTES,
  HASH_MEMORY_FIRST,
  HASH_PADDING_BYTES,
  type HashMemory,
  hashMemory,
} from './hash-memory.ts'

let memory: HashMemory | undefined

/** The Keccak-256 hash of `input`: 32 bytes, as Ethereum uses it (not FIPS 202's SHA3-256). */
export function keccak256(input: Uint8Array): Uint8Array<ArrayBuffer> {
  memory ??= hashMemory()
  const at = HASH_MEMORY_FIRST + HASH_BYTES
  memory.reserve(at + input.length + HASH_PADDING_BYTES)
  memory.bytes.set(input, at)
  memory.hash(at, input.length, HASH_MEMORY_FIRST)
  return new Uint8Array(memory.bytes.subarray(HASH_MEMORY_FIRST, at))
}
