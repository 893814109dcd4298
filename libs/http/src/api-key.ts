import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether an `Authorization` header carries an accepted key. */
export type ApiKeyCheck = (authorization: string | undefined) => boolean

/**
 * Accepts `Bearer KEY` for any of `keys`. Digests are compared, all of them each time, so that the
 * time it takes tells nothing about a key or its length, nor which of several it nearly was.
 */
export function apiKeyCheck(keys: readonly string[]): ApiKeyCheck {
  const accepted = keys.map(digest)
  return (authorization) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    if (given === undefined) return false
    const received = digest(given)
    return accepted.map((key) => timingSafeEqual(key, received)).includes(true)
  }
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest()
