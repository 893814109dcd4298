/** The 20 bytes of an address as five little-endian words. */
export type AddressWords = Int32Array

/** The length of what is hashed, where the algorithm wants it. */
const LENGTH = 20 << 24

/** One word each, the length, and three to end with. */
const ROUNDS = 9

/**
 * HalfSipHash-1-3 of an address under a 64-bit key: a signed 32-bit number that nobody can foresee
 * without it, so that addresses mined to collide don't. What the Linux kernel keys its hash tables
 * with.
 * https://www.kernel.org/doc/html/latest/security/siphash.html
 */
export function addressHash(words: AddressWords, key0: number, key1: number): number {
  let v0 = key0
  let v1 = key1
  let v2 = key0 ^ 0x6c796765
  let v3 = key1 ^ 0x74656462
  for (let round = 0; round < ROUNDS; round += 1) {
    const word = round < 5 ? (words[round] ?? 0) : round === 5 ? LENGTH : 0
    v3 ^= word
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
    if (round === 5) v2 ^= 0xff
  }
  return v1 ^ v3
}
