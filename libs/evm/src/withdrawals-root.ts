import { NODE_EXTRA_BYTES, type OrderedTrie, orderedRoot, orderedTrie } from './ordered-trie.ts'
import { endList, rewind, writeQuantity, writeString } from './rlp-tape.ts'

/** A withdrawal of EIP-4895 as `eth_getBlockByNumber` gives it: numbers in hex. */
export type WithdrawalJson = {
  /** Counts all withdrawals of the chain. */
  index: string
  validatorIndex: string
  address: string
  /** In gwei, 10^9 of the smallest unit. */
  amount: string
}

/** Room for one withdrawal, generously: three numbers of 32 bytes and an address. */
const WITHDRAWAL_BYTES = 160

let trie: OrderedTrie | undefined

/** The root of a block's withdrawals, which its header must have. Throws HexError. */
export function withdrawalsRoot(withdrawals: readonly WithdrawalJson[]): `0x${string}` {
  trie ??= orderedTrie()
  return orderedRoot(trie, withdrawals.length, (tape, index) => {
    const { validatorIndex, address, amount, ...rest } = withdrawals[index] as WithdrawalJson
    rewind(tape, WITHDRAWAL_BYTES + NODE_EXTRA_BYTES)
    writeQuantity(tape, amount)
    writeString(tape, address, 20)
    writeQuantity(tape, validatorIndex)
    writeQuantity(tape, rest.index)
    endList(tape, 0)
  })
}
