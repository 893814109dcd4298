import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'
import type { Hash } from '../domain/merkle-tree.ts'
import { type Seal, signedText } from '../domain/seal.ts'

/** SHA-256 of what it is given, one part after the other. */
export const sha256: Hash = (...parts) => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}

/** A signature over a seal, and so over all that was sealed before it. */
export type SealSignature = {
  algorithm: 'Ed25519'
  /** Base64. */
  signature: string
  /** PEM, SPKI. */
  publicKey: string
}

/** Signs a seal with an Ed25519 key in PEM. Throws {@link SealKeyError}. */
export function signSeal(seal: Seal, privateKeyPem: string): SealSignature {
  const key = readKey(() => createPrivateKey(privateKeyPem))
  const signature = sign(null, Buffer.from(signedText(seal)), key).toString('base64')
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
  return { algorithm: 'Ed25519', signature, publicKey }
}

/** Whether this very seal was signed with the key, whose public half is in PEM. */
export function isSignedBy(seal: Seal, signature: string, publicKeyPem: string): boolean {
  const key = readKey(() => createPublicKey(publicKeyPem))
  return verify(null, Buffer.from(signedText(seal)), key, Buffer.from(signature, 'base64'))
}

function readKey<Key extends { asymmetricKeyType?: string | undefined }>(read: () => Key): Key {
  let key: Key
  try {
    key = read()
  } catch (error) {
    throw new SealKeyError('it is not a key in PEM', error)
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new SealKeyError(`it is of type ${key.asymmetricKeyType}`)
  }
  return key
}

export class SealKeyError extends AppError {
  readonly code = 'SEAL_KEY'

  constructor(problem: string, cause?: unknown) {
    super(
      `The key for seals can't be used: ${problem}. Expected Ed25519 in PEM, as ` +
        '`openssl genpkey -algorithm ed25519` makes it.',
      { retry: 'never', details: { problem }, cause },
    )
  }
}
