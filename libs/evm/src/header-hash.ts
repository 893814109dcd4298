import {
  endList,
  hashWritten,
  type RlpTape,
  rewind,
  rlpTape,
  writeQuantity,
  writeString,
} from './rlp-tape.ts'

/** A header as `eth_getBlockByNumber` gives it: fields by name. */
export type HeaderJson = Readonly<Record<string, unknown>>

/**
 * The hash of a header, computed from its fields as Ethereum does and most chains with it do.
 * `undefined` when it can't be told: the result is not the hash that the header itself names, and
 * it lacks a field of Ethereum's or has one that is not known here, which a chain may well hash.
 * Otherwise a result that is not the header's own `hash` proves that hash or a field to be wrong.
 * Throws HexError where a field is malformed.
 */
export function headerHash(header: HeaderJson): `0x${string}` | undefined {
  const fields = present(header)
  if (fields === undefined) return
  tape ??= rlpTape()
  rewind(tape, HEADER_BYTES + String(header['extraData']).length / 2)
  for (let index = fields - 1; index >= 0; index--) {
    const [name, kind] = HASHED[index] as Field
    write(tape, String(header[name]), kind)
  }
  endList(tape, 0)
  hashWritten(tape, digest, 0)
  const hash = `0x${digest.toString('hex')}` as const
  if (hash === String(header['hash']).toLowerCase()) return hash
  return Object.keys(header).every((name) => KNOWN.has(name)) ? hash : undefined
}

type Field = readonly [name: string, kind: 'quantity' | 'bytes' | number]

/** What is hashed, in order; a number is the length of a field whose length is fixed. */
const HASHED: readonly Field[] = [
  ['parentHash', 32],
  ['sha3Uncles', 32],
  ['miner', 20],
  ['stateRoot', 32],
  ['transactionsRoot', 32],
  ['receiptsRoot', 32],
  ['logsBloom', 256],
  ['difficulty', 'quantity'],
  ['number', 'quantity'],
  ['gasLimit', 'quantity'],
  ['gasUsed', 'quantity'],
  ['timestamp', 'quantity'],
  ['extraData', 'bytes'],
  ['mixHash', 32],
  ['nonce', 8],
  // From here on each fork adds its own: EIP-1559, 4895, 4844, 4788, 7685, 7928 and 7843.
  ['baseFeePerGas', 'quantity'],
  ['withdrawalsRoot', 32],
  ['blobGasUsed', 'quantity'],
  ['excessBlobGas', 'quantity'],
  ['parentBeaconBlockRoot', 32],
  ['requestsHash', 32],
  ['blockAccessListHash', 32],
  ['slotNumber', 'quantity'],
]
const FORKLESS = 15

/** What is in the JSON of a block and not hashed with its header, Arbitrum's and BNB's own last. */
const UNHASHED = [
  ...['hash', 'size', 'totalDifficulty', 'uncles', 'transactions', 'withdrawals'],
  ...['l1BlockNumber', 'sendCount', 'sendRoot', 'milliTimestamp'],
]
const KNOWN = new Set([...HASHED.map(([name]) => name), ...UNHASHED])

/** All fields but the extra data, generously. */
const HEADER_BYTES = 2_048

let tape: RlpTape | undefined
const digest = Buffer.alloc(32)

/** How many of the hashed fields the header has; `undefined` unless it has all before the last. */
function present(header: HeaderJson): number | undefined {
  const missing = HASHED.findIndex(([name]) => header[name] === undefined || header[name] === null)
  if (missing < 0) return HASHED.length
  const later = HASHED.slice(missing).some(([name]) => typeof header[name] === 'string')
  return missing < FORKLESS || later ? undefined : missing
}

function write(to: RlpTape, text: string, kind: Field[1]): void {
  if (kind === 'quantity') writeQuantity(to, text)
  else if (kind === 'bytes') writeString(to, text)
  else writeString(to, text, kind)
}
