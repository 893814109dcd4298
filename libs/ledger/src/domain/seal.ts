import { type Hash, hexOf } from './merkle-tree.ts'

/** What a seal says. Hashes are lower-case hex without a prefix. */
export type SealHeader = {
  /** Counts from 1, without a gap. */
  number: number
  /** How many transactions it seals. */
  count: number
  /** Hash of the seal before it; of the first one 64 zeros. */
  previous: string
  /** Root over what it seals. */
  root: string
  sealedAtMs: number
}

/** A seal, and the hash by which the next one and signatures name it. */
export type Seal = SealHeader & { hash: string }

/** What the first seal has for its predecessor. */
export const NO_SEAL = '0'.repeat(64)

/** The hash of a seal: it is over everything that the seal says, and so over all before it. */
export function sealHash(hash: Hash, header: SealHeader): string {
  const { number, count, previous, root, sealedAtMs } = header
  const text = JSON.stringify(['coffer-seal-1', number, count, previous, root, sealedAtMs])
  return hexOf(hash(new TextEncoder().encode(text)))
}

/** What a signature is over, so that it is good for nothing else. */
export const signedText = ({ number, hash }: Pick<Seal, 'number' | 'hash'>): string =>
  JSON.stringify(['coffer-seal-signature-1', number, hash])

/** What is wrong with the first seal of a chain that is not as it should be. */
export function sealProblem(hash: Hash, seal: Seal, before: Seal | undefined): string | undefined {
  const number = (before?.number ?? 0) + 1
  if (seal.number !== number) return `it follows seal ${number - 1}, so that one is missing`
  const previous = before?.hash ?? NO_SEAL
  if (seal.previous !== previous) {
    return `it names ${seal.previous} as the seal before it, whose hash is ${previous}`
  }
  const expected = sealHash(hash, seal)
  return seal.hash === expected
    ? undefined
    : `its hash is ${seal.hash}, and what it says makes ${expected}`
}
