import { AppError } from '@coffer/errors/app-error'
import type { Caller } from '@coffer/http/caller'
import type { CurrentKeys, KnownKey, Nonces } from '../ports.ts'
import {
  isSignedWith,
  parseSignature,
  type RequestSignature,
  type SignedRequest,
} from '../request-signature.ts'

export type CheckSignatureOptions = {
  current: CurrentKeys
  nonces: Nonces
  /** What the holder of a key with such a hash signs with; undefined where nothing is signed. */
  secretOf: ((keyHash: Buffer) => string) | undefined
  /** The caller whose key it is. */
  admit: (key: KnownKey) => Caller
  /** Milliseconds since 1970. */
  now: () => number
}

/** A request may be so old, and clocks so far apart. */
const AGE_MAX_MS = 5_000
const AHEAD_MAX_MS = 1_000

/** A nonce is known for longer than a request under it can be good, whatever clocks do. */
const NONCE_KEPT_MS = 60_000

export type SignedCaller = { caller: Caller; signature: RequestSignature }

/**
 * Who has signed a request, and that nobody has sent it before. Throws {@link SignatureError},
 * {@link SignatureTimeError} and {@link SignatureReplayedError}.
 */
export function checkSignature({ current, nonces, secretOf, admit, now }: CheckSignatureOptions) {
  return async (authorization: string, request: SignedRequest): Promise<SignedCaller> => {
    const signature = parseSignature(authorization)
    if (signature === undefined || secretOf === undefined) throw new SignatureError()
    const key = await current.find(signature.keyId)
    if (key === undefined || key.expiresAtMs <= now()) throw new SignatureError()
    const hashes = [key.hash]
    if (key.previousHash && now() < key.previousUntilMs) hashes.push(key.previousHash)
    const signs = (hash: Buffer) => isSignedWith(secretOf(hash), signature, request)
    if (!hashes.map(signs).includes(true)) throw new SignatureError()
    // Only who can sign learns what the clock says, and which nonces there were.
    requireTimely(signature.timestamp, now())
    const until = new Date(now() + NONCE_KEPT_MS)
    if (!(await nonces.take(key.id, signature.nonce, until))) throw new SignatureReplayedError()
    return { caller: admit(key), signature }
  }
}

/** Again when all of the request is there: it may have come slowly. */
export function requireTimely(timestamp: number, nowMs: number): void {
  if (timestamp < nowMs - AGE_MAX_MS || timestamp > nowMs + AHEAD_MAX_MS) {
    throw new SignatureTimeError(nowMs)
  }
}

/** Nothing more is told: not even whether there is such a key. */
export class SignatureError extends AppError {
  readonly code = 'SIGNATURE'

  constructor() {
    super(
      'The request is not signed as it should be. Sign the method, path, query, Idempotency-Key, ' +
        'timestamp, nonce and SHA-256 of the body with the signing secret of a good key.',
      { retry: 'never' },
    )
  }
}

/** The request is too old, or from the future. */
export class SignatureTimeError extends AppError {
  readonly code = 'SIGNATURE_TIME'

  constructor(nowMs: number) {
    super(
      `Expected a timestamp of the last ${AGE_MAX_MS} ms, or at most ${AHEAD_MAX_MS} ms ahead: ` +
        `here it is ${nowMs}. Set your clock, and sign again.`,
      { retry: 'never', details: { nowMs } },
    )
  }
}

/** The same request was sent before. */
export class SignatureReplayedError extends AppError {
  readonly code = 'SIGNATURE_REPLAYED'

  constructor() {
    super('The nonce was sent before. Sign each request with a nonce of its own.', {
      retry: 'never',
    })
  }
}

/** The key is good for signed requests alone. */
export class SignatureMissingError extends AppError {
  readonly code = 'SIGNATURE_MISSING'

  constructor() {
    super(
      'This key is good for signed requests alone. Sign the request, and do not send the key: ' +
        'whoever has seen it may have it.',
      { retry: 'never' },
    )
  }
}
