import { keccak256 } from '@coffer/evm/keccak'

/** Keccak-256 of a text. */
export function hashOfText(text: string): `0x${string}` {
  const bytes = keccak256(new TextEncoder().encode(text))
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
