import { isSignedBy, type SealSignature, sha256 } from './adapters/seal-crypto.ts'
import { hexOf, leafOf, rootOfInclusion } from './domain/merkle-tree.ts'
import { type Seal, sealHash, sealProblem } from './domain/seal.ts'

/** Seals as they leave the database, the last of them signed. */
export type ExportedSeals = SealSignature & { format: 'coffer-seals-1'; seals: Seal[] }

/** Proves of one transaction what it is, by a seal that is signed. */
export type TransactionProof = SealSignature & {
  format: 'coffer-proof-1'
  /** What was sealed, as text: see `sealedContent`. */
  content: string
  /** Its place under the seal, from 0. */
  index: number
  /** Hex, from the leaf upwards. */
  path: string[]
  seal: Seal
}

/** What is wrong with exported seals, by the key in PEM whose owner must have signed them. */
export function problemOfSeals(exported: ExportedSeals, publicKey: string): string | undefined {
  const { seals, signature } = exported
  const last = seals.at(-1)
  if (last === undefined) return 'it holds no seal'
  let before: Seal | undefined
  for (const seal of seals) {
    const isFirst = before === undefined && seal.number > 1
    const problem = isFirst ? problemOfHash(seal) : sealProblem(sha256, seal, before)
    if (problem !== undefined) return `seal ${seal.number}: ${problem}`
    before = seal
  }
  return problemOfSignature(last, signature, publicKey)
}

/** What is wrong with the proof of a transaction, by the key in PEM that must have signed it. */
export function problemOfProof(proof: TransactionProof, publicKey: string): string | undefined {
  const { content, index, path, seal, signature } = proof
  const leaf = leafOf(sha256, new TextEncoder().encode(content))
  const nodes = path.map((hex) => Buffer.from(hex, 'hex'))
  const root = rootOfInclusion(sha256, { leaf, index, size: seal.count, path: nodes })
  if (root === undefined || hexOf(root) !== seal.root)
    return `its content is not under the root of seal ${seal.number}`
  return problemOfHash(seal) ?? problemOfSignature(seal, signature, publicKey)
}

function problemOfHash(seal: Seal): string | undefined {
  const expected = sealHash(sha256, seal)
  return seal.hash === expected
    ? undefined
    : `its hash is ${seal.hash}, and what it says makes ${expected}`
}

const problemOfSignature = (seal: Seal, signature: string, publicKey: string) =>
  isSignedBy(seal, signature, publicKey)
    ? undefined
    : `the signature over seal ${seal.number} is not by this key`
