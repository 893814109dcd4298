import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { AppError } from '@coffer/errors/app-error'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { keyGuard } from './key-guard.ts'
import { type HttpServerOptions, httpServer, type Routes } from './server.ts'

const KEY = 'a-key-of-sixteen-or-more'
const authorization = `Bearer ${KEY}`

class KnownError extends AppError {
  readonly code = 'KNOWN'
}

const things: Routes = async (app) => {
  const body = z.strictObject({ name: z.string().min(1), nested: z.strictObject({ n: z.int() }) })
  const schema = { body, response: { 201: z.strictObject({ name: z.string() }) } }
  app.post('/v1/things', { schema }, async ({ body: { name } }, reply) => {
    return reply.status(201).send({ name })
  })
  const params = z.strictObject({ id: z.string() })
  app.get('/v1/things/:id', { schema: { params } }, async ({ params: { id } }) => ({ id }))
  app.get('/v1/known', async () => {
    throw new KnownError('It was so.', { retry: 'never', cause: new Error('inner words') })
  })
  app.get('/v1/bug', async () => {
    throw new TypeError('inner words')
  })
  app.get('/v1/away', async () => {
    throw new Error('connection refused')
  })
  app.get(
    '/v1/off',
    { schema: { response: { 200: z.strictObject({ n: z.int() }) } } },
    async () => {
      return { n: 1n } as never
    },
  )
}

function started(options: Partial<HttpServerOptions> = {}) {
  return httpServer({
    logger: silentLogger,
    metrics: createMetrics('test'),
    title: 'Things',
    version: '1.2.3',
    guard: keyGuard([KEY]),
    statuses: { KNOWN: { status: 409, title: 'Known' } },
    isTransient: (error) => (error as Error).message === 'connection refused',
    health: {
      live: () => true,
      ready: async () => ({ ready: false, checks: { postgres: 'away' } }),
      metrics: async () => 'up 1\n',
    },
    routes: [things],
    ...options,
  })
}

test('lets a request with a key in and answers by the schema', async () => {
  await using app = await started()

  const payload = { name: 'x', nested: { n: 1 } }
  const response = await app.inject({
    method: 'POST',
    url: '/v1/things',
    headers: { authorization, 'x-request-id': 'mine-1' },
    payload,
  })

  expect([response.statusCode, response.json()]).toEqual([201, { name: 'x' }])
  expect(response.headers).toMatchObject({
    'x-request-id': 'mine-1',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
})

test.each(['/v1/things/1', '/v1/nothing', '/', '/docsx', '/v1/%64ocs'])(
  'without a key %s is 401',
  async (url) => {
    await using app = await started()

    const response = await app.inject({ url, headers: { authorization: 'Bearer wrong' } })

    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toBe('Bearer realm="coffer"')
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(response.json()).toMatchObject({ type: '/errors/api-key', status: 401 })
  },
)

test('health, metrics and documentation need no key', async () => {
  await using app = await started()

  const status = async (url: string) => (await app.inject({ url })).statusCode
  expect(await status('/health')).toBe(200)
  expect((await app.inject({ url: '/ready' })).json()).toEqual({
    ready: false,
    checks: { postgres: 'away' },
  })
  expect(await status('/ready')).toBe(503)
  expect((await app.inject({ url: '/metrics' })).body).toBe('up 1\n')
  expect(await status('/openapi.json')).toBe(200)
  expect(await status('/docs/')).toBe(200)
  expect(await status('/docs/static/swagger-ui.css')).toBe(200)
})

test.each([
  ['GET', '/v1/nothing', 404, 'NOT_FOUND'],
  ['GET', '/v1/known', 409, 'KNOWN'],
  ['GET', '/v1/bug', 500, 'INTERNAL'],
  ['GET', '/v1/off', 500, 'INTERNAL'],
  ['GET', '/v1/away', 503, 'UNAVAILABLE'],
  ['GET', '/v1/things/%ZZ', 400, 'URL_MALFORMED'],
  ['DELETE', '/v1/things/1?x=2', 405, 'METHOD_NOT_ALLOWED'],
] as const)(
  'A8: %s %s is the problem %i %s, and nothing of what is inside',
  async (method, url, status, code) => {
    await using app = await started()

    const response = await app.inject({ method, url, headers: { authorization } })

    expect(response.statusCode).toBe(status)
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(response.json()).toMatchObject({ status, code, requestId: expect.any(String) })
    expect(response.body).not.toContain('inner words')
  },
)

test.each([
  [`GET /v1/nothing?${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ['hello\r\n\r\n', 400, 'REQUEST_MALFORMED'],
] as const)('what is no request is answered with a problem: %.9s', async (sent, status, code) => {
  await using app = await started()
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')

  socket.write(sent)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')

  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\ncontent-type: application/problem`))
  expect(JSON.parse(body)).toMatchObject({ status, code, requestId: expect.any(String) })
})

test('a method that a path does not know is told whatever is in its body', async () => {
  await using app = await started()
  const malformed = { payload: '{', headers: { authorization, 'content-type': 'application/json' } }

  const response = await app.inject({ method: 'PUT', url: '/v1/things/1', ...malformed })

  expect([response.statusCode, response.json().code]).toEqual([405, 'METHOD_NOT_ALLOWED'])
})

test('a method that a path does not know is told with those it knows', async () => {
  await using app = await started()

  const response = await app.inject({
    method: 'PUT',
    url: '/v1/things',
    headers: { authorization },
  })

  expect([response.statusCode, response.headers.allow]).toEqual([405, 'POST'])
})

test.each([
  ['unknown fields', '{"name":"x","nested":{"n":1},"extra":1}', '/body', 'extra'],
  ['a wrong type deep inside', '{"name":"x","nested":{"n":"1"}}', '/body/nested/n', 'number'],
  ['no body', '', '/body', 'object'],
])('refuses %s and names the place', async (_, payload, path, word) => {
  await using app = await started()

  const response = await app.inject({
    method: 'POST',
    url: '/v1/things',
    headers: { authorization, 'content-type': 'application/json' },
    payload,
  })

  expect(response.statusCode).toBe(400)
  expect(response.json().errors).toEqual([{ path, message: expect.stringContaining(word) }])
})

test.each([
  ['application/json', '{"name":', 400, 'BODY_MALFORMED'],
  ['application/json', '{"__proto__":{"x":1}}', 400, 'BODY_MALFORMED'],
  ['text/csv', 'name\nx', 415, 'MEDIA_TYPE'],
  ['application/json', JSON.stringify({ name: 'x'.repeat(1024 * 1024) }), 413, 'BODY_TOO_LARGE'],
  ['application/json', `${'['.repeat(33)}${']'.repeat(33)}`, 400, 'BODY_TOO_DEEP'],
  ['application/json', '['.repeat(1_000_000), 400, 'BODY_TOO_DEEP'],
  ['application/json', '{"name":"a\\u0000b","nested":{"n":1}}', 400, 'BODY_TEXT'],
  ['application/json', Buffer.from('{"name":"\xff","nested":{"n":1}}', 'latin1'), 400, 'BODY_TEXT'],
])('A4: a body of %s that cannot be read is told', async (type, payload, status, code) => {
  await using app = await started()

  const response = await app.inject({
    method: 'POST',
    url: '/v1/things',
    headers: { authorization, 'content-type': type },
    payload,
  })

  expect(response.json()).toMatchObject({ status, code })
})

const SHOP = 'https://shop.example'

const preflight = (origin: string) => ({
  ...{ method: 'OPTIONS' as const, url: '/v1/things' },
  headers: { origin, 'access-control-request-method': 'POST' },
})

test('A8: no page of another origin may read anything, unless its origin is allowed', async () => {
  await using closed = await started()
  await using open = await started({ origins: [SHOP] })
  const read = { url: '/v1/things/1', headers: { authorization, origin: SHOP } }
  const allowed = 'access-control-allow-origin'

  const refused = await closed.inject(read)
  const given = await open.inject(read)
  const other = await open.inject({ ...read, headers: { ...read.headers, origin: `${SHOP}.evil` } })

  expect([refused.statusCode, refused.headers]).not.toHaveProperty(`1.${allowed}`)
  expect([given.statusCode, given.headers[allowed], given.headers.vary]).toEqual([
    ...[200, SHOP, 'origin'],
  ])
  expect(given.headers).not.toHaveProperty('access-control-allow-credentials')
  expect(other.headers).not.toHaveProperty(allowed)
})

test('A8: a browser is told what an allowed origin may send, and of another nothing', async () => {
  await using closed = await started()
  await using open = await started({ origins: [SHOP] })

  const given = await open.inject(preflight(SHOP))
  const other = await open.inject(preflight('https://evil.example'))
  const refused = await closed.inject(preflight(SHOP))

  expect(given.statusCode).toBe(204)
  expect(given.headers).toMatchObject({
    'access-control-allow-origin': SHOP,
    'access-control-allow-headers': expect.stringContaining('idempotency-key'),
  })
  expect([other.statusCode, refused.statusCode]).toEqual([401, 401])
})

test('a request id that is not safe to log is replaced', async () => {
  await using app = await started()

  const headers = { 'x-request-id': 'a\tb' }
  const id = (await app.inject({ url: '/health', headers })).headers['x-request-id']

  expect(id).toMatch(/^[0-9a-f-]{36}$/)
})

test('measures requests by route, so that ids make no series of their own', async () => {
  const metrics = createMetrics('test')
  await using app = await started({ metrics })

  await app.inject({ url: '/v1/things/1', headers: { authorization } })
  await app.inject({ url: '/v1/things/2', headers: { authorization } })
  await app.inject({ url: '/nothing', headers: { authorization } })

  const text = await metrics.metrics()
  const count = 'coffer_http_request_seconds_count'
  expect(text).toContain(
    `${count}{process="test",method="GET",route="/v1/things/:id",status="200"} 2`,
  )
  expect(text).toContain(`${count}{process="test",method="GET",route="none",status="404"} 1`)
})

test('describes itself in OpenAPI 3.1', async () => {
  await using app = await started()

  const document = (await app.inject({ url: '/openapi.json' })).json()

  expect(document).toMatchObject({
    openapi: '3.1.1',
    info: { title: 'Things', version: '1.2.3' },
    security: [{ apiKey: [] }],
  })
  expect(Object.keys(document.paths).sort()).toEqual([
    ...['/health', '/metrics', '/openapi.json', '/ready'],
    ...['/v1/away', '/v1/bug', '/v1/known', '/v1/off', '/v1/things', '/v1/things/{id}'],
  ])
  expect(document.paths['/health'].get.security).toEqual([])
  expect(document.paths['/v1/things'].post.responses.default).toEqual({
    $ref: '#/components/responses/Problem',
  })
})
