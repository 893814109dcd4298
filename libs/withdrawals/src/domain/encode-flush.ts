import type { Address } from '@coffer/evm/address'
import type { PayingCall } from './encode-payments.ts'
import { hashOfText } from './hash-of-text.ts'

type Hex = `0x${string}`

/** Empties the forwarders of `salts`, of the coin and of `tokens`, to where all of theirs goes. */
export function flushCall(
  forwarders: Address,
  salts: readonly Hex[],
  tokens: readonly Address[],
): PayingCall {
  // The contract wants them to rise, so that none is there twice.
  const rising = [...new Set(salts)].sort()
  // Two arguments of dynamic length: where each begins, then each with its length.
  const head = word(64n) + word(BigInt(32 * (rising.length + 3)))
  return { to: forwarders, value: 0n, data: `0x${FLUSH}${head}${list(rising)}${list(tokens)}` }
}

const list = (items: readonly Hex[]): string =>
  word(BigInt(items.length)) + items.map((item) => item.slice(2).padStart(64, '0')).join('')

const word = (value: bigint): string => value.toString(16).padStart(64, '0')

/** The first 4 bytes of the hash of its name and arguments, as the ABI says. */
const FLUSH = hashOfText('flush(bytes32[],address[])').slice(2, 10)
