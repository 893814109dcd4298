import type { FastifyInstance } from 'fastify'

/** What pages of other origins may send and read. Cookies are none of it: they come with a key. */
const HEADERS = 'authorization, content-type, idempotency-key, x-request-id'
const METHODS = 'GET, POST, PUT, PATCH, DELETE'
const EXPOSED = 'ratelimit, ratelimit-policy, retry-after, x-request-id'

/** How long a browser remembers the answer, seconds. */
const KNOWN_SECONDS = 600

/** Has browsers let pages of `origins` call the API. Of any other they let nobody read anything. */
export function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  const allowed = new Set(origins)
  if (allowed.size === 0) return
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers
    // Whoever keeps answers must not give one origin's to another.
    reply.header('vary', 'origin')
    if (origin === undefined || !allowed.has(origin)) return done()
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': EXPOSED,
    })
    const isAsking = request.headers['access-control-request-method'] !== undefined
    if (request.method !== 'OPTIONS' || !isAsking) return done()
    reply.headers({
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': HEADERS,
      'access-control-max-age': `${KNOWN_SECONDS}`,
    })
    reply.status(204).send()
  })
}
