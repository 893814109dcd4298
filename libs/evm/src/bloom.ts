import { HASH_MEMORY_FIRST, type HashMemory, hashMemory, UNHEX_MIN_BYTES } from './hash-memory.ts'
import { HexError } from './hex-error.ts'
import { LOGGED, type LogTable, textOf, topicCount } from './log-table.ts'

/** What a log adds to its block's bloom filter. */
export type BloomInput = { address: string; topics: readonly string[] }

const BYTES = 256

type Bits = readonly [number, number, number]

/** Bits of values seen before. Senders, receivers and tokens repeat all the time. */
const bitsOf = new Map<string, Bits>()
const REMEMBERED_MAX = 200_000

/**
 * The logs bloom of a block with these logs, as hex: each address and topic sets three bits taken
 * from its Keccak-256 hash (Yellow Paper §4.4.1, M3:2048). Throws {@link HexError}.
 */
export function logsBloom(logs: Iterable<BloomInput>): `0x${string}` {
  const bloom = Buffer.alloc(BYTES)
  for (const { address, topics } of logs) {
    setBits(bloom, address)
    for (const topic of topics) setBits(bloom, topic)
  }
  return `0x${bloom.toString('hex')}`
}

/** Like {@link logsBloom}, of the logs in the rows of a table from `from` to before `to`. */
export function tableBloom(table: LogTable, from: number, to: number): `0x${string}` {
  const bloom = Buffer.alloc(BYTES)
  for (let row = from; row < to; row++) {
    setBits(bloom, textOf(table, row, LOGGED.address))
    const count = topicCount(table, row)
    for (let topic = 0; topic < count; topic++) {
      setBits(bloom, textOf(table, row, LOGGED.topics + topic))
    }
  }
  return `0x${bloom.toString('hex')}`
}

function setBits(bloom: Buffer, value: string): void {
  for (const bit of bits(value)) {
    const index = BYTES - 1 - (bit >> 3)
    bloom[index] = (bloom[index] ?? 0) | (1 << (bit & 7))
  }
}

function bits(value: string): Bits {
  const known = bitsOf.get(value)
  if (known) return known
  const found = bitsIn(value)
  if (bitsOf.size >= REMEMBERED_MAX) bitsOf.clear()
  bitsOf.set(value, found)
  return found
}

let memory: HashMemory | undefined
const [HASH, TEXT, VALUE] = [HASH_MEMORY_FIRST, 512, 1_024]
/** `0x` and the digits of a topic. */
const TEXT_MAX = 66

function bitsIn(value: string): Bits {
  memory ??= hashMemory()
  const { bytes } = memory
  const length = (value.length - 2) / 2
  const isHex = value.startsWith('0x') && value.length <= TEXT_MAX && value.length % 2 === 0
  bytes.write(value, TEXT, TEXT_MAX)
  if (!isHex || length < UNHEX_MIN_BYTES || !memory.unhex(TEXT + 2, length, VALUE))
    throw new HexError(value)
  memory.hash(VALUE, length, HASH)
  return [
    bytes.readUInt16BE(HASH) & 2047,
    bytes.readUInt16BE(HASH + 2) & 2047,
    bytes.readUInt16BE(HASH + 4) & 2047,
  ]
}
