/** Goal: whoever signs sends no secret, and nobody else can send or repeat what they sign. */
import { answerOf, cofferClient } from '@coffer/client/coffer-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCaller, newTenant } from './testing/tenants.ts'
import { CHAIN, type TestApi, testApi } from './testing/test-api.ts'

const signingKey = Buffer.alloc(32, 9)

let api: TestApi
let baseUrl: string
let keyId: string
let secret: string
let bearer: string

beforeAll(async () => {
  api = await testApi({
    signingKey,
    rates: { tenant: 5, platform: 0, address: 7 },
    proxies: ['127.0.0.1'],
  })
  baseUrl = await api.server.listen({ host: '127.0.0.1', port: 0 })
  const wanted = { holder: 'shop', role: 'admin', requiresSignature: true }
  const { body } = await api.post('/v1/keys', wanted)
  ;({ id: keyId, signingSecret: secret, secret: bearer } = body)
})
afterAll(() => api[Symbol.asyncDispose]())

/** A client that signs, and what it has sent last. */
function signingClient({ isHeld = false, ...given }: { secret?: string; isHeld?: boolean } = {}) {
  const sent: Request[] = []
  const fetch = async (request: Request) => {
    sent.push(request.clone())
    return isHeld ? Response.json({}) : await globalThis.fetch(request)
  }
  const client = cofferClient({ baseUrl, signing: { keyId, secret, ...given }, fetch })
  return { client, sent }
}

const codeOf = async (response: Response) => {
  const { code }: { code?: string } = (await response.json()) as never
  return [response.status, code]
}

test('A2: the client signs what it asks for, with queries and bodies', async () => {
  const { client, sent } = signingClient()

  const user = await answerOf(client.POST('/v1/users', { body: { externalId: 'ann' } }))
  const query = { owner: user.id, limit: 5 }
  const page = await answerOf(client.GET('/v1/deposits', { params: { query } }))
  const session = await answerOf(client.GET('/v1/session'))

  expect(page).toEqual({ items: [], nextCursor: null })
  expect(session).toMatchObject({ holder: 'shop', role: 'admin' })
  const text = sent.map(({ headers }) => headers.get('authorization')).join()
  expect(text).not.toMatch(/cos_|cof_/)
})

test('A2: lines that are read as they arrive are signed, too', async () => {
  const { client } = signingClient()
  const { id } = await answerOf(client.POST('/v1/users', { body: {} }))
  const line = { owner: id, address: `0x${'77'.repeat(20)}`, chain: CHAIN }

  const imported = await client.POST('/v1/addresses/import', {
    body: JSON.stringify(line),
    bodySerializer: (body) => body,
    headers: { 'content-type': 'application/x-ndjson' },
  })

  expect(imported.data).toMatchObject({ imported: 1, rejected: [] })
})

test('A2: what was changed on the way, or by who has no secret, is refused', async () => {
  const { client, sent } = signingClient({ isHeld: true })
  for (const externalId of ['ben', 'ben']) await client.POST('/v1/users', { body: { externalId } })
  const [one, other] = sent.map(({ headers }) => Object.fromEntries(headers))
  const send = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${baseUrl}${path}`, { method: 'POST', headers, body: '{"externalId":"eve"}' })
  const forged = signingClient({ secret: `cos_${'0'.repeat(64)}` })

  const changed = await send('/v1/users', one)
  const elsewhere = await send('/v1/tenants', other)
  const { response } = await forged.client.GET('/v1/users')

  expect(await codeOf(changed)).toEqual([401, 'SIGNATURE'])
  expect(await codeOf(elsewhere)).toEqual([401, 'SIGNATURE'])
  expect(response.status).toBe(401)
  expect(JSON.stringify((await api.get('/v1/users')).body)).not.toContain('eve')
})

test('A2: what was sent once is refused again, by every process', async () => {
  const { client, sent } = signingClient()
  await client.GET('/v1/users')
  const headers = Object.fromEntries((sent[0] as Request).headers)
  await using other = await testApi({ postgres: api.postgres, signingKey })

  const again = await fetch(`${baseUrl}/v1/users`, { headers })
  const elsewhere = await other.server.inject({ url: '/v1/users', headers })

  expect(await codeOf(again)).toEqual([401, 'SIGNATURE_REPLAYED'])
  expect([elsewhere.statusCode, elsewhere.json().code]).toEqual([401, 'SIGNATURE_REPLAYED'])
})

test('A2: a key that signs is never sent, not even to sign in', async () => {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  const sent = await fetch(`${baseUrl}/v1/users`, { headers })
  const body = JSON.stringify({ apiKey: bearer })
  const signedIn = await fetch(`${baseUrl}/v1/session`, { method: 'POST', headers, body })

  expect(await codeOf(sent)).toEqual([401, 'SIGNATURE_MISSING'])
  expect(await codeOf(signedIn)).toEqual([401, 'SIGNATURE_MISSING'])
})

test('A2: without a key to make them with there are no signing secrets', async () => {
  await using off = await testApi({ postgres: api.postgres })
  const wanted = { holder: 'shop', role: 'admin' }
  const ask = (payload: object) =>
    off.server.inject({ method: 'POST', url: '/v1/keys', headers: api.headers, payload })

  expect((await ask(wanted)).json().signingSecret).toBeNull()
  expect((await ask({ ...wanted, requiresSignature: true })).json().code).toBe('SIGNING_OFF')
})

test('A4: a tenant’s key has so many requests a minute, and hears how many are left', async () => {
  const caller = await newCaller(api, { role: 'viewer', tenant: await newTenant(api) })
  const ask = () => api.server.inject({ url: '/v1/users', headers: caller.headers })

  const first = await ask()
  // A minute may end in between, and another five be allowed.
  const more = await Promise.all(Array.from({ length: 11 }, ask))
  const refused = more.filter(({ statusCode }) => statusCode === 429)
  const unlimited = await api.server.inject({ url: '/v1/users', headers: api.headers })

  expect(first.headers['ratelimit-policy']).toBe('"key";q=5;w=60')
  expect(first.headers['ratelimit']).toMatch(/^"key";r=4;t=\d+$/)
  expect(refused.length).toBeGreaterThanOrEqual(2)
  expect(refused[0]?.json()).toMatchObject({ code: 'RATE_LIMIT', status: 429 })
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
  expect(unlimited.headers).not.toHaveProperty('ratelimit')
})

test('A4: an address without a key has so many requests a minute, and callbacks have any', async () => {
  const from = (address: string, url = `/v1/checkout/${crypto.randomUUID()}`) =>
    api.server.inject({ url, headers: { 'x-forwarded-for': address } })
  const many = (address: string) => Promise.all(Array.from({ length: 15 }, () => from(address)))
  const told = (answers: Awaited<ReturnType<typeof many>>) =>
    new Set(answers.map(({ statusCode }) => statusCode))

  const one = await many('203.0.113.7')
  const [other] = await many('203.0.113.8')
  const network = [...(await many('2001:db8:1:2::1')), await from('2001:db8:1:2::ffff')]
  const refused = one.find(({ statusCode }) => statusCode === 429)
  const calledBack = await Promise.all(
    Array.from({ length: 20 }, () =>
      api.server.inject({ method: 'POST', url: '/v1/channels/sandbox/callbacks', payload: '{}' }),
    ),
  )

  expect([told(one), told(network)]).toEqual([new Set([404, 429]), new Set([404, 429])])
  expect(other?.statusCode).toBe(404)
  expect(other?.headers['ratelimit-policy']).toBe('"address";q=7;w=60')
  expect(refused?.json()).toMatchObject({
    ...{ code: 'RATE_LIMIT', detail: expect.stringContaining('7 requests from this address') },
  })
  expect(told(calledBack).has(429)).toBe(false)
})
