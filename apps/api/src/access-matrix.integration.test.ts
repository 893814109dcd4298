/**
 * Goal: nothing is open that shouldn't be, and a new route can't be forgotten. Method: every
 * operation of the API's own document is called by every role of two tenants and of the platform,
 * by nobody, and with keys that are not good any more; what must come of it is written here.
 */
import { httpServer, type Routes } from '@coffer/http/server'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessOf } from './access-of.ts'
import { belongingsFixture, type Fixture } from './testing/belongings-fixture.ts'
import { calling, newCaller, type TestCaller } from './testing/tenants.ts'
import { type Answer, type TestApi, testApi } from './testing/test-api.ts'

const ALL = 'admin operator auditor owner developer viewer'

/** Who may call what. Whatever is not here may be called by nobody. */
const MAY: Readonly<Record<string, string>> = {
  'DELETE /v1/merchants/{id}/webhook-endpoints/{endpointId}': 'admin owner developer',
  'DELETE /v1/session': ALL,
  'GET /health': 'public',
  'GET /metrics': 'public',
  'GET /openapi.json': 'public',
  'GET /ready': 'public',
  'GET /v1/admin/balance-differences': 'admin operator auditor',
  'GET /v1/admin/balance-skips': 'admin operator auditor',
  'GET /v1/admin/dead-letters': 'admin operator auditor',
  'GET /v1/admin/dead-letters/{id}': 'admin operator auditor',
  'GET /v1/admin/endpoints': 'admin operator auditor',
  'GET /v1/admin/gaps': 'admin operator auditor',
  'GET /v1/admin/rescans/{id}': 'admin operator auditor',
  'GET /v1/analytics/summary': ALL,
  'GET /v1/analytics/top-merchants': ALL,
  'GET /v1/assets': ALL,
  'GET /v1/audit': 'admin operator auditor owner',
  'GET /v1/chains': ALL,
  'GET /v1/checkout/{id}': 'public',
  'GET /v1/deposits': ALL,
  'GET /v1/deposits/stream': ALL,
  'GET /v1/deposits/{id}': ALL,
  'GET /v1/deposits/{id}/story': ALL,
  'GET /v1/deposits/{id}/trace': ALL,
  'GET /v1/keys': 'admin operator auditor owner',
  'GET /v1/ledger/accounts': 'admin operator auditor',
  'GET /v1/ledger/entries': 'admin operator auditor',
  'GET /v1/ledger/transactions/{id}': 'admin operator auditor',
  'GET /v1/merchants': ALL,
  'GET /v1/merchants/{id}': ALL,
  'GET /v1/merchants/{id}/balances': ALL,
  'GET /v1/merchants/{id}/notification-preferences': ALL,
  'GET /v1/merchants/{id}/payees': ALL,
  'GET /v1/merchants/{id}/settlement-settings': ALL,
  'GET /v1/merchants/{id}/webhook-endpoints': ALL,
  'GET /v1/merchants/{id}/webhook-endpoints/{endpointId}/deliveries': ALL,
  'GET /v1/notifications/preview': 'public',
  'GET /v1/orders': ALL,
  'GET /v1/orders/{id}': ALL,
  'GET /v1/payments': ALL,
  'GET /v1/payments/{id}': ALL,
  'GET /v1/payments/{id}/refunds': ALL,
  'GET /v1/reconciliation/differences': 'admin operator auditor',
  'GET /v1/reconciliation/differences/{id}': 'admin operator auditor',
  'GET /v1/reconciliation/runs/{id}': 'admin operator auditor',
  'GET /v1/refunds/{id}': ALL,
  'GET /v1/session': ALL,
  'GET /v1/settlements': ALL,
  'GET /v1/settlements/{id}': ALL,
  'GET /v1/settlements/{id}/report.csv': ALL,
  'GET /v1/settlements/{id}/report.pdf': ALL,
  'GET /v1/tenants': 'admin operator auditor',
  'GET /v1/users': ALL,
  'GET /v1/users/{id}': ALL,
  'GET /v1/users/{id}/addresses': ALL,
  'GET /v1/users/{id}/balances': ALL,
  'GET /v1/users/{id}/notification-preferences': ALL,
  'GET /v1/users/{id}/payees': ALL,
  'GET /v1/users/{id}/statement': ALL,
  'GET /v1/withdrawals': ALL,
  'GET /v1/withdrawals/{id}': ALL,
  'PATCH /v1/merchants/{id}': 'admin owner',
  'POST /v1/addresses/import': 'admin owner developer',
  'POST /v1/admin/balance-differences/{id}/resolve': 'admin operator',
  'POST /v1/admin/chains/{chain}/unlatch': 'admin operator',
  'POST /v1/admin/dead-letters/discard': 'admin operator',
  'POST /v1/admin/dead-letters/redrive': 'admin operator',
  'POST /v1/admin/deposits/{id}/release': 'admin operator',
  'POST /v1/admin/gaps/{id}/rescan': 'admin operator',
  'POST /v1/admin/rescans': 'admin operator',
  'POST /v1/channels/sandbox/callbacks': 'public',
  'POST /v1/keys': 'admin owner',
  'POST /v1/keys/{id}/revoke': 'admin owner',
  'POST /v1/keys/{id}/rotate': 'admin owner',
  'POST /v1/merchants': 'admin owner',
  'POST /v1/merchants/{id}/payees': 'admin owner',
  'POST /v1/merchants/{id}/settlements': 'admin owner',
  'POST /v1/merchants/{id}/webhook-endpoints': 'admin owner developer',
  'POST /v1/merchants/{id}/webhook-endpoints/{endpointId}/deliveries/{deliveryId}/redrive':
    'admin owner developer',
  'POST /v1/merchants/{id}/webhook-endpoints/{endpointId}/enable': 'admin owner developer',
  'POST /v1/merchants/{id}/webhook-endpoints/{endpointId}/redrive': 'admin owner developer',
  'POST /v1/merchants/{id}/webhook-endpoints/{endpointId}/rotate-secret': 'admin owner developer',
  'POST /v1/merchants/{id}/withdrawals': 'admin owner',
  'POST /v1/orders/{id}/cancel': 'admin owner developer',
  'POST /v1/payments': 'admin owner developer',
  'POST /v1/payments/{id}/refunds': 'admin owner developer',
  'POST /v1/reconciliation/differences/{id}/adjustment': 'admin operator',
  'POST /v1/reconciliation/differences/{id}/confirm': 'admin operator',
  'POST /v1/reconciliation/runs': 'admin operator',
  'POST /v1/reconciliation/statements': 'admin operator',
  'POST /v1/session': 'public',
  'POST /v1/tenants': 'admin',
  'POST /v1/treasury/fundings': 'admin operator',
  'POST /v1/users': 'admin owner developer',
  'POST /v1/users/{id}/addresses': 'admin owner developer',
  'POST /v1/users/{id}/payees': 'admin owner',
  'POST /v1/users/{id}/withdrawals': 'admin owner',
  'POST /v1/withdrawals/{id}/approve': 'admin operator',
  'POST /v1/withdrawals/{id}/cancel': 'admin owner',
  'PUT /v1/merchants/{id}/notification-preferences': 'admin owner developer',
  'PUT /v1/merchants/{id}/settlement-settings': 'admin owner',
  'PUT /v1/users/{id}/notification-preferences': 'admin owner developer',
}

const PLATFORM = ['admin', 'operator', 'auditor']
const TENANT = ['owner', 'developer', 'viewer']

let api: TestApi
let mine: Fixture
let theirs: Fixture
let callers: Record<string, TestCaller>
/** Each operation of the document: the method, and the path as it stands there. */
let operations: { route: string; method: 'GET'; path: string }[]

beforeAll(async () => {
  api = await testApi()
  mine = await belongingsFixture(api, 1)
  theirs = await belongingsFixture(api, 2)
  const platform = PLATFORM.map((role) => newCaller(api, { role }))
  const tenant = TENANT.map((role) => newCaller(api, { role, tenant: mine.tenant }))
  const made = await Promise.all([...platform, ...tenant])
  callers = Object.fromEntries(
    [...PLATFORM, ...TENANT].map((role, at) => [role, made[at]]),
  ) as never
  const { body } = await api.get('/openapi.json')
  operations = Object.entries<object>(body.paths).flatMap(([path, item]) =>
    Object.keys(item).map((each) => {
      const method = each.toUpperCase() as 'GET'
      return { route: `${method} ${path}`, method, path }
    }),
  )
})

afterAll(() => api[Symbol.asyncDispose]())

const call = ({ call: send }: Pick<TestCaller, 'call'>, { method, path }: Named, of: Fixture) =>
  send(method, of.pathOf(path))

type Named = { method: 'GET'; path: string }

const outcome = ({ status, body }: Answer) => `${status} ${body.code ?? ''}`.trim()

test('A5: it is written down of every operation who may call it, and of no other', () => {
  expect(operations.map(({ route }) => route).sort()).toEqual(Object.keys(MAY).sort())
})

test('A1: what a tenant names is found if it is its own, and is nowhere if it is not', async () => {
  const wrong: string[] = []
  for (const operation of operations.filter(({ path }) => path.includes('{'))) {
    const may = MAY[operation.route]?.split(' ') ?? []
    for (const role of TENANT.filter((each) => may.includes(each))) {
      const foreign = await call(callers[role] as TestCaller, operation, theirs)
      if (foreign.status !== 404) wrong.push(`${role} ${operation.route}: ${outcome(foreign)}`)
      if (operation.method !== 'GET') continue
      const own = await call(callers[role] as TestCaller, operation, mine)
      if (own.status === 404) wrong.push(`${role} ${operation.route} of its own: ${outcome(own)}`)
    }
  }
  expect(wrong).toEqual([])
})

test('A5: every role may call what it may, and nothing else', async () => {
  const wrong: string[] = []
  for (const operation of operations) {
    const may = MAY[operation.route]?.split(' ') ?? []
    if (may.includes('public')) continue
    for (const role of [...PLATFORM, ...TENANT]) {
      const answer = await call(callers[role] as TestCaller, operation, mine)
      const isDenied = answer.status === 403 && answer.body.code === 'SCOPE_MISSING'
      if (answer.status === 401 || isDenied === may.includes(role) || answer.status >= 500) {
        // Without a broker there are no dead letters to speak of.
        if (answer.body.code !== 'BROKER_MISSING') {
          wrong.push(`${role} ${operation.route}: ${outcome(answer)}`)
        }
      }
    }
  }
  expect(wrong).toEqual([])
})

test('A1: no list shows a tenant anything of another, and the platform sees both', async () => {
  const lists = operations.filter(
    ({ method, path, route }) =>
      method === 'GET' && /^\/v1\/(?!.*(\{|stream$))/.test(path) && MAY[route] !== 'public',
  )
  const shown = new Set<string>()
  for (const { path, route } of lists) {
    for (const role of TENANT.filter((each) => MAY[route]?.includes(each))) {
      const { body } = await (callers[role] as TestCaller).call('GET', mine.listOf(path))
      const text = JSON.stringify(body)
      expect(theirs.ids.filter((id) => text.includes(id)).map((id) => `${route} ${id}`)).toEqual([])
      for (const id of mine.ids.filter((each) => text.includes(each))) shown.add(id)
    }
  }
  expect(mine.listed.filter((id) => !shown.has(id))).toEqual([])

  const admin = callers['admin'] as TestCaller
  const seen = await Promise.all(lists.map(({ path }) => admin.call('GET', mine.listOf(path))))
  const all = JSON.stringify(seen.map(({ body }) => body))
  expect([...mine.listed, ...theirs.listed].filter((id) => !all.includes(id))).toEqual([])
})

test('A1: filters of another tenant’s owners and merchants find nothing', async () => {
  const owner = callers['owner'] as TestCaller
  const asked = [
    `/v1/deposits?owner=${theirs.user}`,
    `/v1/withdrawals?owner=${theirs.user}`,
    `/v1/payments?merchant=${theirs.merchant}`,
    `/v1/settlements?merchant=${theirs.merchant}`,
  ]
  for (const url of asked) expect((await owner.call('GET', url)).body.items).toEqual([])
  const terms = { reference: 'x', asset: theirs.asset, amount: '5', channel: 'onchain' }
  const made = await api.server.inject({
    ...{ method: 'POST', url: '/v1/payments', payload: { merchant: theirs.merchant, ...terms } },
    headers: { ...owner.headers, 'idempotency-key': 'k' },
  })
  expect([made.statusCode, made.json().code]).toEqual([404, 'MERCHANT_UNKNOWN'])
})

test('without a good key everything is closed but what is public', async () => {
  const bad = await Promise.all(['revoked', 'expired'].map(() => newCaller(api, { role: 'admin' })))
  const [revoked, expired] = bad as [TestCaller, TestCaller]
  await api.post(`/v1/keys/${revoked.keyId}/revoke`)
  await api.postgres.execute(
    sql`update access.keys set expires_at = now() - interval '1 s' where id = ${expired.keyId}`,
  )
  const status = async (caller: TestCaller) => (await caller.call('GET', '/v1/chains')).status
  await expect.poll(() => Promise.all(bad.map(status)), { timeout: 3_000 }).toEqual([401, 401])

  const nobody = { call: calling(api, {}) }
  const guess = {
    call: calling(api, { authorization: `Bearer cof_${'0'.repeat(16)}_${'0'.repeat(64)}` }),
  }
  const stranger = { call: calling(api, { cookie: `coffer_session=${'0'.repeat(64)}` }) }
  const open: string[] = []
  for (const operation of operations.filter(({ route }) => MAY[route] !== 'public')) {
    for (const caller of [nobody, guess, stranger, revoked, expired]) {
      const { status } = await call(caller, operation, mine)
      if (status !== 401) open.push(`${operation.route}: ${status}`)
    }
  }
  expect(open).toEqual([])
})

test('A5: a route that was forgotten keeps the server from starting', async () => {
  const planted =
    (config: object | undefined): Routes =>
    async (app) => {
      app.get('/v1/planted/:id', config ? { config } : {}, async () => 'open')
    }
  const started = (routes: Routes) =>
    httpServer({
      ...{ logger: silentLogger, metrics: createMetrics('test'), title: 't', version: '1' },
      guard: accessOf({ postgres: api.postgres, apiKeys: [], logger: silentLogger }).guard,
      ...{ statuses: {}, isTransient: () => false, routes: [routes] },
      health: {
        live: () => true,
        ready: async () => ({ ready: true, checks: {} }),
        metrics: async () => '',
      },
    })

  await expect(started(planted(undefined))).rejects.toThrow('/v1/planted/:id declares no scope')
  await expect(started(planted({ access: 'users:raed' }))).rejects.toThrow('declares no scope')
  await expect(started(planted({ access: 'users:read' }))).rejects.toThrow('what :id names')
})
