import { keccak256 } from 'viem'

/** What a log adds to its block's bloom filter. */
export type BloomInput = { address: string; topics: readonly string[] }

const BYTES = 256

/** Bits of values seen before. Senders, receivers and tokens repeat all the time. */
const bitsOf = new Map<string, readonly [number, number, number]>()
const REMEMBERED_MAX = 200_000

/**
 * The logs bloom of a block with these logs, as hex: each address and topic sets three bits taken
 * from its Keccak-256 hash (Yellow Paper §4.4.1, M3:2048).
 */
export function logsBloom(logs: Iterable<BloomInput>): `0x${string}` {
  const bloom = Buffer.alloc(BYTES)
  for (const { address, topics } of logs) {
    setBits(bloom, address)
    for (const topic of topics) setBits(bloom, topic)
  }
  return `0x${bloom.toString('hex')}`
}

function setBits(bloom: Buffer, value: string): void {
  for (const bit of bits(value)) {
    const index = BYTES - 1 - (bit >> 3)
    bloom[index] = (bloom[index] ?? 0) | (1 << (bit & 7))
  }
}

function bits(value: string): readonly [number, number, number] {
  const known = bitsOf.get(value)
  if (known) return known
  const hash = Buffer.from(keccak256(value as `0x${string}`, 'bytes').buffer, 0, 6)
  const found = [
    hash.readUInt16BE(0) & 2047,
    hash.readUInt16BE(2) & 2047,
    hash.readUInt16BE(4) & 2047,
  ] as const
  if (bitsOf.size >= REMEMBERED_MAX) bitsOf.clear()
  bitsOf.set(value, found)
  return found
}
