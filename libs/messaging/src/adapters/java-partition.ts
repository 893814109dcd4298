/**
 * The partition that Kafka's own clients choose for `key`: murmur2 of its bytes without the highest
 * bit. Every adapter chooses so, that an owner has the same partition whatever carries it.
 */
export function javaPartition(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions
}

const M = 0x5bd1e995

function murmur2(bytes: Buffer): number {
  let hash = 0x9747b28c ^ bytes.length
  let at = 0
  for (; bytes.length - at >= 4; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), M)
    word = Math.imul(word ^ (word >>> 24), M)
    hash = Math.imul(hash, M) ^ word
  }
  const rest = bytes.length - at
  if (rest > 0) {
    for (let byte = rest - 1; byte >= 0; byte -= 1) hash ^= (bytes[at + byte] ?? 0) << (8 * byte)
    hash = Math.imul(hash, M)
  }
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}
