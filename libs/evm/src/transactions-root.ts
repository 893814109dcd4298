import { NODE_EXTRA_BYTES, type OrderedTrie, orderedRoot, orderedTrie } from './ordered-trie.ts'
import { rewind, writeHex } from './rlp-tape.ts'

let trie: OrderedTrie | undefined

/**
 * The root of a block's transactions, which its header must have. Each is given as the bytes that
 * were signed and sent, as hex: `eth_getRawTransactionByHash`. Throws HexError.
 */
export function transactionsRoot(raw: readonly string[]): `0x${string}` {
  trie ??= orderedTrie()
  return orderedRoot(trie, raw.length, (tape, index) => {
    const transaction = raw[index] as string
    rewind(tape, transaction.length / 2 + NODE_EXTRA_BYTES)
    writeHex(tape, transaction)
  })
}
