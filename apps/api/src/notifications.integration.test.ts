import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, testApi } from './testing/test-api.ts'

let api: TestApi
let merchant: string

beforeAll(async () => {
  api = await testApi()
  merchant = randomUUID()
  await api.postgres.execute(
    sql`insert into wallets.owners (id, kind) values (${merchant}, 'merchant')`,
  )
})
afterAll(() => api[Symbol.asyncDispose]())

const put = async (url: string, payload: object) => {
  const { headers } = api
  const { statusCode, body } = await api.server.inject({ method: 'PUT', url, headers, payload })
  return { status: statusCode, body: JSON.parse(body) }
}

describe('preferences', () => {
  test('of a user are as they were put, and nobody else has any', async () => {
    const { body: user } = await api.post('/v1/users', {})
    const url = `/v1/users/${user.id}/notification-preferences`
    const chosen = { email: 'ada@example.com', locale: 'zh', muted: ['deposit.confirmed'] }

    expect((await api.get(url)).body).toEqual({ email: null, locale: 'en', muted: [] })
    expect(await put(url, chosen)).toEqual({ status: 200, body: chosen })
    expect((await api.get(url)).body).toEqual(chosen)
    const asMerchant = `/v1/merchants/${user.id}/notification-preferences`
    expect((await api.get(asMerchant)).body).toMatchObject({ code: 'RECIPIENT_UNKNOWN' })
  })

  test.each([
    { email: 'a@example.com\r\nBcc: thief@example.com' },
    { email: 'nobody' },
    { locale: 'fr' },
    { muted: ['payment.surprising'] },
    { muted: ['payment.expired'] },
  ])('%j are refused', async (chosen) => {
    const url = `/v1/merchants/${merchant}/notification-preferences`

    expect(await put(url, chosen)).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } })
  })
})

describe('a webhook endpoint', () => {
  const path = () => `/v1/merchants/${merchant}/webhook-endpoints`

  test.each(['charge.succeeded', 'transaction.created', 'statement.line'])(
    'is not made for %s, of which nobody is told',
    async (type) => {
      const wanted = { url: 'https://shop.example/hooks', types: [type] }

      expect(await api.post(path(), wanted)).toMatchObject({
        ...{ status: 400, body: { code: 'REQUEST_INVALID' } },
      })
    },
  )

  test('shows its secret once, can be given another, and is gone when it is deleted', async () => {
    const wanted = { url: 'https://shop.example/hooks', types: ['payment.succeeded'] }
    const made = await api.post(path(), wanted)
    const { id, secret } = made.body
    const listed = await api.get(path())
    const rotated = await api.post(`${path()}/${id}/rotate-secret`)
    const enabled = await api.post(`${path()}/${id}/enable`)
    const deliveries = await api.get(`${path()}/${id}/deliveries`)
    const redriven = await api.post(`${path()}/${id}/redrive`, { from: '2026-11-21T00:00:00Z' })

    expect(made).toMatchObject({ status: 201, body: { ...wanted, disabledAt: null } })
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(listed.body.items).toEqual([{ ...made.body, secret: undefined }])
    expect(rotated.body.secret).not.toBe(secret)
    expect([enabled.status, deliveries.body]).toEqual([200, { items: [], nextCursor: null }])
    expect(redriven.body).toEqual({ redriven: 0 })
    const { headers } = api
    const removal = { method: 'DELETE', url: `${path()}/${id}`, headers } as const
    expect((await api.server.inject(removal)).statusCode).toBe(204)
    expect((await api.server.inject(removal)).statusCode).toBe(404)
    expect((await api.get(`${path()}/${id}/deliveries`)).body.code).toBe('WEBHOOK_ENDPOINT_UNKNOWN')
  })

  test.each([
    ['http://shop.example/hooks', 'WEBHOOK_URL'],
    ['https://user:password@shop.example/', 'WEBHOOK_URL'],
    ['file:///etc/passwd', 'WEBHOOK_URL'],
    ['shop', 'WEBHOOK_URL'],
  ])('can not be %s', async (url, code) => {
    expect(await api.post(path(), { url })).toMatchObject({ status: 422, body: { code } })
  })

  test('is nobody’s who is no merchant', async () => {
    const url = `/v1/merchants/${randomUUID()}/webhook-endpoints`

    expect(await api.post(url, { url: 'https://shop.example/' })).toMatchObject({ status: 404 })
  })
})

test('the preview shows every letter to anybody, and runs no script', async () => {
  const page = await api.server.inject({ method: 'GET', url: '/v1/notifications/preview' })

  expect(page.statusCode).toBe(200)
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  expect(page.body.match(/<iframe /g)).toHaveLength(28)
  expect(page.body).not.toContain('<script')
  // What the letters are about is no asset of this installation.
  expect(page.body).toContain('Deposit confirmed: 1250.5 USDC')
  expect(page.body).not.toContain('units of')
})
