import type { Fetch } from './retrying-fetch.ts'

/** What a key that signs its requests is known by. Both are shown once, when the key is made. */
export type Signing = {
  /** The id of the key. */
  keyId: string
  /** Its signing secret: `cos_…`. It is never sent. */
  secret: string
}

export type SignedFetchOptions = Signing & {
  fetch: Fetch
  /** Milliseconds since 1970. */
  now?: () => number
  nonce?: () => string
}

const SCHEME = 'Coffer-HMAC-SHA256'

/** Signs each request, whole and for a few seconds; one that is sent again is signed again. */
export function signedFetch(options: SignedFetchOptions): Fetch {
  const { keyId, secret, fetch, now = Date.now, nonce = () => crypto.randomUUID() } = options
  return async (request) => {
    const body = await request.clone().arrayBuffer()
    const given = { timestamp: now(), nonce: nonce(), body: hex(await sha256(body)) }
    const { pathname, search } = new URL(request.url)
    const lines = [
      ...[SCHEME, request.method, pathname, search.slice(1)],
      request.headers.get('idempotency-key') ?? '',
      ...[given.timestamp, given.nonce, given.body],
    ]
    const signature = hex(await hmac(secret, lines.join('\n')))
    const signed = new Request(request)
    const said = Object.entries({ key: keyId, ...given, signature })
    const text = said.map(([name, value]) => `${name}=${value}`).join(', ')
    signed.headers.set('authorization', `${SCHEME} ${text}`)
    return await fetch(signed)
  }
}

const sha256 = (bytes: ArrayBuffer) => crypto.subtle.digest('SHA-256', bytes)

async function hmac(secret: string, text: string): Promise<ArrayBuffer> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', bytes.encode(secret), algorithm, false, ['sign'])
  return await crypto.subtle.sign('HMAC', key, bytes.encode(text))
}

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
