import { createMPT } from '@ethereumjs/mpt'
import { RLP } from '@ethereumjs/rlp'
import type { ReceiptJson } from '../receipts-root.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.slice(2), 'hex'))
const minimal = (hex: string) => {
  const digits = BigInt(hex).toString(16)
  return hex === '0x0'
    ? new Uint8Array()
    : bytes(`0x${digits.padStart(digits.length + (digits.length % 2), '0')}`)
}

/** The root of an ordered list by a general trie library. */
export async function mptRoot(values: readonly Uint8Array[]): Promise<string> {
  const trie = await createMPT()
  for (const [index, value] of values.entries()) await trie.put(RLP.encode(index), value)
  return `0x${Buffer.from(trie.root()).toString('hex')}`
}

/** A receipt as its block's root covers it, by general libraries. */
export function encodedReceipt(receipt: ReceiptJson): Uint8Array {
  const { type = '0x0', status, root, depositNonce, depositReceiptVersion } = receipt
  const version = type === '0x7e' ? depositReceiptVersion : undefined
  const body = RLP.encode([
    status ? minimal(status) : bytes(root ?? '0x'),
    minimal(receipt.cumulativeGasUsed),
    bytes(receipt.logsBloom),
    receipt.logs.map(({ address, topics, data }) => [
      bytes(address),
      topics.map(bytes),
      bytes(data),
    ]),
    ...(version ? [minimal(depositNonce ?? '0x0'), minimal(version)] : []),
  ])
  const isLegacy = type === '0x0' || type === '0x78'
  return isLegacy ? body : Buffer.concat([Uint8Array.of(Number(type)), body])
}
