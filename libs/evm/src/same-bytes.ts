/** Where bytes begin in a view of the memory that they lie in. */
export type BytesAt = { view: DataView; at: number }

/** A view of `bytes`, whose places are those in `bytes`. */
export const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView =>
  new DataView(buffer, byteOffset, length)

/**
 * Whether the same `length` bytes begin at both places, compared four at once. What lies beyond the
 * end of a view is not the same as anything.
 */
export function isSameAt(one: BytesAt, other: BytesAt, length: number): boolean {
  const [oneView, otherView] = [one.view, other.view]
  if (one.at + length > oneView.byteLength || other.at + length > otherView.byteLength) return false
  const distance = other.at - one.at
  let at = one.at
  for (const wordsEnd = at + (length & ~3); at < wordsEnd; at += 4) {
    if (oneView.getInt32(at) !== otherView.getInt32(at + distance)) return false
  }
  for (const end = one.at + length; at < end; at++) {
    if (oneView.getUint8(at) !== otherView.getUint8(at + distance)) return false
  }
  return true
}
