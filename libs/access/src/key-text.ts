import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** `cof_`, 16 hex digits that name the key, `_`, 64 of its secret: 256 bits. */
const KEY = /^cof_([0-9a-f]{16})_[0-9a-f]{64}$/

const ID_BYTES = 8
const SECRET_BYTES = 32

export const newKeyId = (): string => randomBytes(ID_BYTES).toString('hex')

/** A text that nobody can guess, for the key `id`. It is shown once. */
export const newKeyText = (id: string): string =>
  `cof_${id}_${randomBytes(SECRET_BYTES).toString('hex')}`

/** Which key a text claims to be; undefined if it can be none of ours. */
export const keyIdIn = (text: string): string | undefined => KEY.exec(text)?.[1]

/** What is kept of a secret: it has 256 bits, so that one round of SHA-256 can't be undone. */
export const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer')

/** Compares in a time that tells nothing. */
export const isSameDigest = (a: Buffer, b: Buffer): boolean =>
  a.length === b.length && timingSafeEqual(a, b)

/** What a browser holds while somebody is signed in. */
export const newSessionText = (): string => randomBytes(SECRET_BYTES).toString('hex')
