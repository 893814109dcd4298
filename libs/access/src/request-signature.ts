import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** What a request says of its signature. */
export type RequestSignature = {
  keyId: string
  /** When it was signed, milliseconds since 1970. */
  timestamp: number
  /** Never the same twice. */
  nonce: string
  /** SHA-256 of the body, in hex. */
  bodyHash: string
  /** In hex. */
  signature: string
}

/** What is signed beside that. */
export type SignedRequest = {
  method: string
  /** Path and query, as they stand in the request line. */
  target: string
  /** What repeats of the request have in common. */
  idempotencyKey: string | undefined
}

const SCHEME = 'Coffer-HMAC-SHA256'

const SIGNATURE = new RegExp(
  `^${SCHEME} key=([0-9a-f]{16}), timestamp=(\\d{13}), nonce=([\\w-]{16,64}), ` +
    'body=([0-9a-f]{64}), signature=([0-9a-f]{64})$',
)

export const isSigned = (authorization: string): boolean => authorization.startsWith(`${SCHEME} `)

/** Undefined of what is not as it should be. */
export function parseSignature(authorization: string): RequestSignature | undefined {
  const found = SIGNATURE.exec(authorization)
  if (found === null) return undefined
  const [, keyId = '', timestamp, nonce = '', bodyHash = '', signature = ''] = found
  return { keyId, timestamp: Number(timestamp), nonce, bodyHash, signature }
}

/**
 * What a key's holder signs with. It is made of the hash of the key's secret and of `master`, which
 * is not in the database: so neither who reads that nor who sees requests can sign, and a new
 * secret of the key is a new one here.
 */
export function signingSecretOf(master: Buffer, keyHash: Buffer): string {
  const made = hkdfSync('sha256', master, keyHash, 'coffer request signing', 32)
  return `cos_${Buffer.from(made).toString('hex')}`
}

/** Whether `secret` has signed that; it takes a time that tells nothing. */
export function isSignedWith(
  secret: string,
  { signature, ...given }: RequestSignature,
  { method, target, idempotencyKey = '' }: SignedRequest,
): boolean {
  const [path = '', query = ''] = splitOnce(target)
  const { timestamp, nonce, bodyHash } = given
  const lines = [SCHEME, method, path, query, idempotencyKey, timestamp, nonce, bodyHash]
  const expected = createHmac('sha256', secret).update(lines.join('\n')).digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}

function splitOnce(target: string): [string, string] {
  const at = target.indexOf('?')
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)]
}
