import { HASH_BYTES } from './hash-memory.ts'
import {
  copyWritten,
  endList,
  endString,
  hashWritten,
  type RlpTape,
  rewind,
  rlpTape,
  writeByte,
  writeBytes,
  written,
} from './rlp-tape.ts'

/** Computes roots of lists: receipts, transactions and withdrawals of a block. */
export type OrderedTrie = {
  tape: RlpTape
  /** Children of the branches that the walk is in, level by level, and their lengths. */
  children: Uint8Array
  lengths: Uint8Array
  count: number
  write: WriteValue
}

/**
 * Writes the value at `index` onto the tape, from its end to its beginning. It calls `rewind`
 * first, with room for the value and {@link NODE_EXTRA_BYTES} more.
 */
export type WriteValue = (tape: RlpTape, index: number) => void

/** What a node of the trie has beside its value at most. */
export const NODE_EXTRA_BYTES = 32

/** The root of nothing. */
const EMPTY_ROOT = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421'

const [LEAF, EXTENSION] = [0x20, 0x00]
const CHILDREN = 16
/** A child as its parent holds it: a hash with its head, or a whole node shorter than that. */
const CHILD_BYTES = 1 + HASH_BYTES
const HASH_HEAD = 0x80 + HASH_BYTES
const NO_CHILD = 0x80
/** Keys of up to 2^24 values are at most eight nibbles long. */
const LEVELS_MAX = 9
const COUNT_MAX = 2 ** 24

/** A root is alone on its level. It is a leaf or a branch: the keys 0x01 and 0x80 part at once. */
const ROOT_SLOT = 0

/** Opens a computer of roots, to be used again and again. */
export function orderedTrie(): OrderedTrie {
  return {
    tape: rlpTape(),
    children: new Uint8Array(LEVELS_MAX * CHILDREN * CHILD_BYTES),
    lengths: new Uint8Array(LEVELS_MAX * CHILDREN),
    count: 0,
    write: () => undefined,
  }
}

/**
 * The root of the Merkle Patricia trie of `count` values under the keys `rlp(index)`. The keys are
 * known beforehand and in order, so the trie is walked without being stored: each node is written,
 * hashed and forgotten.
 */
export function orderedRoot(trie: OrderedTrie, count: number, write: WriteValue): `0x${string}` {
  if (count > COUNT_MAX) throw new RangeError(`Got ${count} values, expected ${COUNT_MAX} at most.`)
  if (count === 0) return EMPTY_ROOT
  trie.count = count
  trie.write = write
  addNode(trie, { from: 0, to: count, depth: 0, slot: ROOT_SLOT })
  const root = Buffer.from(trie.children.buffer, ROOT_SLOT * CHILD_BYTES + 1, HASH_BYTES)
  return `0x${root.toString('hex')}`
}

/** The keys in places `from` to before `to`, which agree in `depth` nibbles, under a slot. */
type Part = { from: number; to: number; depth: number; slot: number }

function addNode(trie: OrderedTrie, part: Part): void {
  const { from, to, depth, slot } = part
  if (to - from === 1) {
    addLeaf(trie, part)
    return
  }
  const [first, last] = [indexAt(from, trie.count), indexAt(to - 1, trie.count)]
  let parting = depth
  while (nibble(first, parting) === nibble(last, parting)) parting++
  addBranch(trie, { from, to, depth: parting, slot })
  if (parting > depth) addExtension(trie, part, parting)
}

function addLeaf(trie: OrderedTrie, { from, depth, slot }: Part): void {
  const index = indexAt(from, trie.count)
  trie.write(trie.tape, index)
  endString(trie.tape, 0)
  writePath(trie.tape, LEAF, { index, depth, to: nibblesOf(index) })
  endNode(trie, slot)
}

/** Adds, in place of the branch under a slot, one with the nibbles that lead to it. */
function addExtension(trie: OrderedTrie, { from, depth, slot }: Part, to: number): void {
  const { tape, children, lengths } = trie
  const at = slot * CHILD_BYTES
  rewind(tape, CHILD_BYTES + NODE_EXTRA_BYTES)
  writeBytes(tape, children, at, at + (lengths[slot] ?? 0))
  writePath(tape, EXTENSION, { index: indexAt(from, trie.count), depth, to })
  endNode(trie, slot)
}

function addBranch(trie: OrderedTrie, { from, to, depth, slot }: Part): void {
  const { tape, children, lengths, count } = trie
  const level = (Math.floor(slot / CHILDREN) + 1) * CHILDREN
  lengths.fill(0, level, level + CHILDREN)
  for (let first = from; first < to; ) {
    const digit = nibble(indexAt(first, count), depth)
    let next = first + 1
    while (next < to && nibble(indexAt(next, count), depth) === digit) next++
    addNode(trie, { from: first, to: next, depth: depth + 1, slot: level + digit })
    first = next
  }
  rewind(tape, CHILDREN * CHILD_BYTES + NODE_EXTRA_BYTES)
  // No value is ever at a branch, for no key is the beginning of another.
  writeByte(tape, NO_CHILD)
  for (let child = level + CHILDREN - 1; child >= level; child--) {
    const [at, length] = [child * CHILD_BYTES, lengths[child] ?? 0]
    if (length === 0) writeByte(tape, NO_CHILD)
    else writeBytes(tape, children, at, at + length)
  }
  endNode(trie, slot)
}

/** Heads the node on the tape and keeps it as its parent will hold it. */
function endNode({ tape, children, lengths }: OrderedTrie, slot: number): void {
  endList(tape, 0)
  const at = slot * CHILD_BYTES
  const length = written(tape)
  if (length < HASH_BYTES && slot !== ROOT_SLOT) {
    copyWritten(tape, children, at)
    lengths[slot] = length
    return
  }
  children[at] = HASH_HEAD
  hashWritten(tape, children, at + 1)
  lengths[slot] = CHILD_BYTES
}

/** Writes the nibbles of a key from `depth` to before `to`, with a flag: hex-prefix encoding. */
function writePath(
  tape: RlpTape,
  flag: number,
  { index, depth, to }: { index: number; depth: number; to: number },
): void {
  const before = written(tape)
  let at = to
  for (; at - depth >= 2; at -= 2) {
    writeByte(tape, (nibble(index, at - 2) << 4) | nibble(index, at - 1))
  }
  writeByte(tape, at > depth ? flag + 0x10 + nibble(index, depth) : flag)
  endString(tape, before)
}

/** Keys sort as bytes: 1 to 127, which are themselves, then 0, which is 0x80, then the rest. */
function indexAt(place: number, count: number): number {
  const zero = Math.min(count, 128) - 1
  if (place === zero) return 0
  return place < zero ? place + 1 : place
}

function nibblesOf(index: number): number {
  if (index < 0x80) return 2
  if (index < 0x100) return 4
  return index < 0x10000 ? 6 : 8
}

/** The nibble of `rlp(index)` that is `depth` from its beginning. */
function nibble(index: number, depth: number): number {
  if (index === 0) return depth === 0 ? 8 : 0
  const length = nibblesOf(index)
  if (length > 2 && depth < 2) return depth === 0 ? 8 : length / 2 - 1
  return (index >> (4 * (length - 1 - depth))) & 0xf
}
