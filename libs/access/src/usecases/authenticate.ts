import type { Caller } from '@coffer/http/caller'
import { scopesOf } from '../domain/roles.ts'
import { digestOf, isSameDigest, keyIdIn } from '../key-text.ts'
import type { CurrentKeys, KeyBook, KnownKey, Nonces } from '../ports.ts'
import type { SignedRequest } from '../request-signature.ts'
import { checkSignature, SignatureMissingError, type SignedCaller } from './check-signature.ts'

export type AuthenticateOptions = {
  /** Keys of the platform's first admin, which are in no database. */
  firstKeys: readonly string[]
  current: CurrentKeys
  book: Pick<KeyBook, 'used'>
  nonces: Nonces
  /** What the holder of a key with such a hash signs with; undefined where nothing is signed. */
  secretOf: ((keyHash: Buffer) => string) | undefined
  /** Milliseconds since 1970. */
  now: () => number
}

type MaybePromise<T> = T | Promise<T>

/** Who calls, by what they send. What needs no query is answered at once. */
export type Authenticate = {
  /** Throws `SignatureMissingError` of a key that is good for signed requests alone. */
  byKey(text: string): MaybePromise<Caller | undefined>
  /** Whose session it is, while the key that it began with is good. */
  bySession(keyId: string): MaybePromise<Caller | undefined>
  /** Throws what `checkSignature` does. */
  bySignature(authorization: string, request: SignedRequest): Promise<SignedCaller>
}

/** Keys that are used are written down at most so often each. */
const USED_EVERY_MS = 60_000

export function authenticate(options: AuthenticateOptions): Authenticate {
  const { current, now } = options
  const first = options.firstKeys.map(firstKey)
  const noteUse = useNotes(options)

  const good = (key: KnownKey | undefined, isSecret: (key: KnownKey) => boolean) => {
    if (key === undefined || !isSecret(key) || key.expiresAtMs <= now()) return undefined
    return admit(key)
  }
  const admit = (key: KnownKey): Caller => {
    noteUse(key.id)
    return callerOf(key)
  }
  const check = (id: string, isSecret: (key: KnownKey) => boolean) => {
    const found = current.find(id)
    return found instanceof Promise
      ? found.then((key) => good(key, isSecret))
      : good(found, isSecret)
  }
  return {
    byKey(text) {
      const digest = digestOf(text)
      // All are compared each time, so that nothing tells which of several it nearly was.
      const matching = first.filter((each) => isSameDigest(each.digest, digest))
      if (matching[0] !== undefined) return matching[0].caller
      const id = keyIdIn(text)
      if (id === undefined) return undefined
      return check(id, (key) => isSecretOf(key, digest, now()) && mayBeSent(key))
    },
    bySession: (keyId) =>
      first.find(({ caller }) => caller.keyId === keyId)?.caller ?? check(keyId, () => true),
    bySignature: checkSignature({ ...options, admit }),
  }
}

/** Throws of a key that is never sent. */
function mayBeSent({ requiresSignature }: KnownKey): boolean {
  if (requiresSignature) throw new SignatureMissingError()
  return true
}

function isSecretOf(key: KnownKey, digest: Buffer, atMs: number): boolean {
  if (isSameDigest(key.hash, digest)) return true
  const { previousHash, previousUntilMs } = key
  return previousHash !== undefined && atMs < previousUntilMs && isSameDigest(previousHash, digest)
}

/** Made once of each key, whose role never changes. */
const callers = new WeakMap<KnownKey, Caller>()

function callerOf(key: KnownKey): Caller {
  const known = callers.get(key)
  if (known !== undefined) return known
  const { id: keyId, holder, role, tenant } = key
  const caller = { keyId, holder, role, tenant, scopes: scopesOf(role), isSession: false }
  callers.set(key, caller)
  return caller
}

/** A key of the environment. Its id tells which, and nothing of its secret. */
function firstKey(text: string, place: number): { digest: Buffer; caller: Caller } {
  const digest = digestOf(text)
  const keyId = `first-${digest.toString('hex').slice(0, 12)}`
  const holder = place === 0 ? 'API_KEY' : `API_KEY ${place + 1}`
  const caller = { keyId, holder, role: 'admin', tenant: null, scopes: scopesOf('admin') }
  return { digest, caller: { ...caller, isSession: false } }
}

function useNotes({ book, now }: Pick<AuthenticateOptions, 'book' | 'now'>) {
  const notedAt = new Map<string, number>()
  return (id: string): void => {
    const at = now()
    if (at - (notedAt.get(id) ?? Number.NEGATIVE_INFINITY) < USED_EVERY_MS) return
    notedAt.set(id, at)
    // Nobody waits for it, and a minute later it is tried again.
    book.used(id).catch(() => undefined)
  }
}
