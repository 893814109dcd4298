import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'

/** Keeps secrets so that the database alone tells none of them. */
export type SealedSecrets = {
  /** `about` names what the secret is of: it opens for nothing else. */
  seal(secret: string, about: string): Buffer
  /** Throws {@link SecretUnreadableError}. */
  open(sealed: Buffer, about: string): string
}

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** {@link SealedSecrets} by AES-256-GCM with a key of 32 bytes. */
export function sealedSecrets(key: Buffer): SealedSecrets {
  return {
    seal(secret, about) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(about))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), text])
    },
    open(sealed, about) {
      try {
        const iv = sealed.subarray(0, IV_BYTES)
        const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)
        const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
        decipher.setAAD(Buffer.from(about)).setAuthTag(tag)
        const text = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch (error) {
        throw new SecretUnreadableError(about, error)
      }
    },
  }
}

/** What was sealed does not open with this key. */
export class SecretUnreadableError extends AppError {
  readonly code = 'WEBHOOK_SECRET_UNREADABLE'

  constructor(about: string, cause: unknown) {
    super(
      `The secret of webhook endpoint ${about} does not open with WEBHOOK_SECRETS_KEY. Set it to ` +
        'the key that the endpoint was made with, in every process.',
      { retry: 'retry', details: { endpoint: about }, cause },
    )
  }
}
