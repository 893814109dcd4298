import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { calling, newCaller, newTenant } from './testing/tenants.ts'
import { type TestApi, testApi } from './testing/test-api.ts'

let api: TestApi

beforeAll(async () => {
  api = await testApi()
})

afterAll(() => api[Symbol.asyncDispose]())

test('shows the secret of a key once and keeps nothing it could be made of', async () => {
  const made = await api.post('/v1/keys', { holder: 'ops@example.com', role: 'operator' })

  expect(made).toMatchObject({ status: 201, body: { holder: 'ops@example.com', tenant: null } })
  expect(made.body.secret).toMatch(new RegExp(`^cof_${made.body.id}_[0-9a-f]{64}$`))
  const listed = await api.get('/v1/keys')
  expect(JSON.stringify(listed.body)).not.toContain(made.body.secret.slice(-64))
  const rows = await api.postgres.execute(sql`select keys::text as text from access.keys`)
  expect(JSON.stringify(rows)).not.toContain(made.body.secret.slice(-64))
})

test('lets a key do what its role allows, and nothing else', async () => {
  const viewer = await newCaller(api, { role: 'viewer', tenant: await newTenant(api) })

  expect((await viewer.call('GET', '/v1/deposits')).status).toBe(200)
  expect(await viewer.call('POST', '/v1/users', {})).toMatchObject({
    status: 403,
    body: { code: 'SCOPE_MISSING' },
  })
  expect((await viewer.call('GET', '/v1/admin/gaps')).status).toBe(403)
})

test('tells a tenant of its own, and of nobody else’s', async () => {
  const [mine, other] = [await newTenant(api), await newTenant(api)]
  const me = await newCaller(api, { role: 'owner', tenant: mine })
  const they = await newCaller(api, { role: 'owner', tenant: other })
  const { body: user } = await me.call('POST', '/v1/users', { externalId: 'alice' })
  const { body: namesake } = await they.call('POST', '/v1/users', { externalId: 'alice' })

  expect(namesake.id).not.toBe(user.id)
  expect((await me.call('GET', `/v1/users/${user.id}`)).status).toBe(200)
  expect((await api.get(`/v1/users/${user.id}`)).status).toBe(200)
  const foreign = await they.call('GET', `/v1/users/${user.id}`)
  const absent = await they.call('GET', `/v1/users/${crypto.randomUUID()}`)
  expect(foreign).toMatchObject({ status: 404, body: { code: 'USER_UNKNOWN' } })
  expect(absent).toMatchObject({ status: 404, body: { code: 'USER_UNKNOWN' } })
})

test('refuses a key that was revoked or has expired, and a secret that was replaced', async () => {
  const gone = await newCaller(api, { role: 'auditor' })
  const late = await newCaller(api, { role: 'auditor' })
  const turned = await newCaller(api, { role: 'auditor' })
  const status = async ({ call }: typeof gone) => (await call('GET', '/v1/chains')).status
  expect([await status(gone), await status(late), await status(turned)]).toEqual([200, 200, 200])

  await api.post(`/v1/keys/${gone.keyId}/revoke`)
  const now = await api.post(`/v1/keys/${turned.keyId}/rotate`, { graceSeconds: 0 })
  await api.postgres.execute(
    sql`update access.keys set expires_at = now() where id = ${late.keyId}`,
  )

  await expect.poll(() => status(gone), { timeout: 1_500 }).toBe(401)
  await expect.poll(() => status(late), { timeout: 1_500 }).toBe(401)
  await expect.poll(() => status(turned), { timeout: 1_500 }).toBe(401)
  const renewed = calling(api, { authorization: `Bearer ${now.body.secret}` })
  expect((await renewed('GET', '/v1/chains')).status).toBe(200)
  expect((await api.post(`/v1/keys/${gone.keyId}/rotate`)).status).toBe(404)
})

test('the secret before a rotation is good for its time of grace', async () => {
  const caller = await newCaller(api, { role: 'auditor' })

  const rotated = await api.post(`/v1/keys/${caller.keyId}/rotate`, { graceSeconds: 3_600 })
  const renewed = calling(api, { authorization: `Bearer ${rotated.body.secret}` })

  expect((await renewed('GET', '/v1/chains')).status).toBe(200)
  expect((await caller.call('GET', '/v1/chains')).status).toBe(200)
})

test('a tenant chooses neither the fee of its merchants nor what is held back of them', async () => {
  const owner = await newCaller(api, { role: 'owner', tenant: await newTenant(api) })
  const facts = { name: 'Teas', email: 'teas@example.com' }
  const refused = { status: 403, body: { code: 'PLATFORM_TERM' } }
  const platform = calling(api, api.headers)

  expect(await owner.call('POST', '/v1/merchants', { ...facts, feeBasisPoints: 1 })).toMatchObject(
    refused,
  )
  const made = await owner.call('POST', '/v1/merchants', { ...facts, feeBasisPoints: 0 })
  const merchant = `/v1/merchants/${made.body.id}`
  await platform('PATCH', merchant, { feeBasisPoints: 150 })
  await platform('PUT', `${merchant}/settlement-settings`, { reserveBasisPoints: 500 })

  expect(await owner.call('PATCH', merchant, { feeBasisPoints: 0 })).toMatchObject(refused)
  const named = await owner.call('PATCH', merchant, { name: 'Fine teas', feeBasisPoints: 150 })
  expect(named.body).toMatchObject({ name: 'Fine teas', feeBasisPoints: 150 })
  const settle = (payload: object) => owner.call('PUT', `${merchant}/settlement-settings`, payload)
  expect(await settle({ reserveBasisPoints: 0 })).toMatchObject(refused)
  expect(await settle({ holdBackDays: 7 })).toMatchObject(refused)
  expect((await settle({ schedule: { dailyAt: '02:00' } })).body).toMatchObject({
    ...{ reserveBasisPoints: 500, holdBackDays: 0, schedule: { dailyAt: '02:00' } },
  })
})

test('a tenant makes keys of its own and none of the platform', async () => {
  const [mine, other] = [await newTenant(api), await newTenant(api)]
  const owner = await newCaller(api, { role: 'owner', tenant: mine })
  const theirs = await newCaller(api, { role: 'viewer', tenant: other })
  const key = (payload: object) => owner.call('POST', '/v1/keys', { holder: 'x', ...payload })

  expect(await key({ role: 'developer' })).toMatchObject({ status: 201, body: { tenant: mine } })
  expect(await key({ role: 'admin' })).toMatchObject({ status: 422, body: { code: 'KEY_ROLE' } })
  expect((await key({ role: 'viewer', tenant: other })).status).toBe(404)
  expect((await owner.call('POST', `/v1/keys/${theirs.keyId}/revoke`)).status).toBe(404)
  expect((await owner.call('GET', `/v1/keys?tenant=${other}`)).body.items).toEqual([])
  const { body } = await owner.call('GET', '/v1/keys')
  expect(new Set(body.items.map(({ tenant }: { tenant: string }) => tenant))).toEqual(
    new Set([mine]),
  )
})

test('W12: an admin makes no key, and no new secret, in the name of somebody else', async () => {
  const ann = await newCaller(api, { role: 'admin', holder: 'ann@example.com' })
  const bob = await newCaller(api, { role: 'operator', holder: 'bob@example.com' })
  const make = (holder: string) => ann.call('POST', '/v1/keys', { holder, role: 'operator' })
  const rotate = (keyId: string) => ann.call('POST', `/v1/keys/${keyId}/rotate`)
  const refused = { status: 409, body: { code: 'KEY_HOLDER' } }

  expect(await make('BOB@example.com')).toMatchObject(refused)
  expect(await make('Api_Key 2')).toMatchObject(refused)
  expect(await api.post('/v1/keys', { holder: 'API_KEY', role: 'admin' })).toMatchObject(refused)
  expect(await rotate(bob.keyId)).toMatchObject(refused)
  const [own, new_] = [await make('ann@example.com'), await make('watch')]
  expect([own.status, new_.status]).toEqual([201, 201])
  const rotated = [await rotate(own.body.id), await rotate(new_.body.id), await rotate(ann.keyId)]
  expect(rotated.map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await api.post(`/v1/keys/${bob.keyId}/rotate`)).status).toBe(200)
  // Whoever has lost theirs gets another; what it may approve is another matter.
  expect((await ann.call('POST', `/v1/keys/${bob.keyId}/revoke`)).status).toBe(200)
  expect((await make('bob@example.com')).status).toBe(201)
})

test('signs a person in, and refuses what another site could have sent', async () => {
  const { body: key } = await api.post('/v1/keys', { holder: 'a@example.com', role: 'admin' })
  const begin = { method: 'POST', url: '/v1/session', payload: { apiKey: key.secret } } as const
  const begun = await api.server.inject(begin)
  const [pair = '', ...attributes] = String(begun.headers['set-cookie']).split('; ')
  const call = calling(api, { cookie: pair })

  expect(begun.json()).toMatchObject({ holder: 'a@example.com', role: 'admin', tenant: null })
  expect(attributes).toEqual(['Path=/', 'Max-Age=43200', 'HttpOnly', 'SameSite=Strict'])
  expect((await call('GET', '/v1/session')).body).toMatchObject({ holder: 'a@example.com' })
  expect(await call('POST', '/v1/tenants', { name: 'from elsewhere' })).toMatchObject({
    status: 403,
    body: { code: 'CSRF_HEADER' },
  })
  const ours = calling(api, { cookie: pair, 'x-coffer-csrf': '1' })
  expect((await ours('POST', '/v1/tenants', { name: 'from here' })).status).toBe(201)
  expect((await ours('DELETE', '/v1/session')).status).toBe(204)
  expect((await call('GET', '/v1/session')).status).toBe(401)
})

test('a session ends with the key that it began with', async () => {
  const { body: key } = await api.post('/v1/keys', { holder: 'b', role: 'operator' })
  const payload = { apiKey: key.secret }
  const begun = await api.server.inject({ method: 'POST', url: '/v1/session', payload })
  const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? ''
  const status = async () =>
    (await api.server.inject({ url: '/v1/chains', headers: { cookie } })).statusCode
  expect(await status()).toBe(200)

  await api.post(`/v1/keys/${key.id}/revoke`)

  await expect.poll(status, { timeout: 1_500 }).toBe(401)
  const wrong = await api.server.inject({ method: 'POST', url: '/v1/session', payload })
  expect(wrong.statusCode).toBe(401)
})

test('writes down who did what and how it ended, and lets nobody take it back', async () => {
  const holder = `auditee ${crypto.randomUUID()}`
  const admin = await newCaller(api, { role: 'admin', holder })
  const name = `audited ${crypto.randomUUID()}`

  await admin.call('POST', '/v1/tenants', { name })
  await admin.call('POST', '/v1/tenants', { name })
  await admin.call('GET', '/v1/tenants')

  const { body } = await api.get(`/v1/audit?holder=${encodeURIComponent(holder)}`)
  const act = { act: 'POST /v1/tenants', path: '/v1/tenants', holder, role: 'admin' }
  expect(body.items).toMatchObject([
    { ...act, status: 409 },
    { ...act, status: 201 },
  ])
  const statuses = async (filter: string) => {
    const found = await api.get(`/v1/audit?holder=${encodeURIComponent(holder)}&${filter}`)
    return found.body.items.map(({ status }: { status: number }) => status)
  }
  const [{ at: last }] = body.items
  expect(await statuses('outcome=done')).toEqual([201])
  expect(await statuses('outcome=refused')).toEqual([409])
  expect(await statuses(`from=${last}`)).toEqual([409])
  expect(await statuses(`to=${last}`)).toEqual([201])
  await expect(api.postgres.execute(sql`delete from access.acts`)).rejects.toThrow()
  await expect(api.postgres.execute(sql`update access.outcomes set status = 1`)).rejects.toThrow()
})

test.each(['/v1/audit?holder=Y%00', '/v1/users?search=Q%00', '/v1/merchants?search=%00'])(
  '%s is refused, since nothing stored holds a NUL',
  async (path) => {
    expect(await api.get(path)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    })
  },
)
