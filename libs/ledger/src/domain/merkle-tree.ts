/** SHA-256 of the parts, one after the other. */
export type Hash = (...parts: readonly Uint8Array[]) => Uint8Array

/** Bytes as lower-case hex. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** The leaf of a content. A leaf can't be taken for a node: both begin with what they are. */
export const leafOf = (hash: Hash, content: Uint8Array): Uint8Array => hash(LEAF, content)

/** The root over `leaves`, by RFC 6962, section 2.1. */
export function merkleRoot(hash: Hash, leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only === undefined) return hash()
  if (leaves.length === 1) return only
  const split = splitOf(leaves.length)
  return hash(NODE, merkleRoot(hash, leaves.slice(0, split)), merkleRoot(hash, leaves.slice(split)))
}

/** What proves that the leaf at `index` is in the tree: its neighbours, from the leaf upwards. */
export function inclusionPath(
  hash: Hash,
  leaves: readonly Uint8Array[],
  index: number,
): Uint8Array[] {
  if (leaves.length <= 1) return []
  const split = splitOf(leaves.length)
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)]
  return index < split
    ? [...inclusionPath(hash, left, index), merkleRoot(hash, right)]
    : [...inclusionPath(hash, right, index - split), merkleRoot(hash, left)]
}

export type Inclusion = {
  leaf: Uint8Array
  index: number
  /** How many leaves the tree has. */
  size: number
  path: readonly Uint8Array[]
}

/** The root that an inclusion leads to; nothing if its path can't be of a tree of that size. */
export function rootOfInclusion(hash: Hash, inclusion: Inclusion): Uint8Array | undefined {
  const { leaf, index, size, path } = inclusion
  if (index < 0 || index >= size) return undefined
  if (size === 1) return path.length === 0 ? leaf : undefined
  const neighbour = path.at(-1)
  if (neighbour === undefined) return undefined
  const split = splitOf(size)
  const below = { leaf, path: path.slice(0, -1) }
  const isLeft = index < split
  const root = isLeft
    ? rootOfInclusion(hash, { ...below, index, size: split })
    : rootOfInclusion(hash, { ...below, index: index - split, size: size - split })
  if (root === undefined) return undefined
  return isLeft ? hash(NODE, root, neighbour) : hash(NODE, neighbour, root)
}

/** The largest power of two below `size`. */
const splitOf = (size: number): number => 2 ** (31 - Math.clz32(size - 1))
