import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { testApi } from './testing/test-api.ts'

/** What DESIGN §12 promises of this process, and what stands around it. */
const ROUTES = [
  'DELETE /v1/merchants/{id}/webhook-endpoints/{endpointId}',
  'DELETE /v1/session',
  'GET /health',
  'GET /metrics',
  'GET /openapi.json',
  'GET /ready',
  'GET /v1/admin/balance-differences',
  'GET /v1/admin/balance-skips',
  'GET /v1/admin/dead-letters',
  'GET /v1/admin/dead-letters/{id}',
  'GET /v1/admin/endpoints',
  'GET /v1/admin/gaps',
  'GET /v1/admin/rescans/{id}',
  'GET /v1/analytics/summary',
  'GET /v1/analytics/top-merchants',
  'GET /v1/assets',
  'GET /v1/audit',
  'GET /v1/chains',
  'GET /v1/checkout/{id}',
  'GET /v1/deposits',
  'GET /v1/deposits/stream',
  'GET /v1/deposits/{id}',
  'GET /v1/deposits/{id}/story',
  'GET /v1/deposits/{id}/trace',
  'GET /v1/keys',
  'GET /v1/ledger/accounts',
  'GET /v1/ledger/entries',
  'GET /v1/ledger/transactions/{id}',
  'GET /v1/merchants',
  'GET /v1/merchants/{id}',
  'GET /v1/merchants/{id}/balances',
  'GET /v1/merchants/{id}/notification-preferences',
  'GET /v1/merchants/{id}/payees',
  'GET /v1/merchants/{id}/settlement-settings',
  'GET /v1/merchants/{id}/webhook-endpoints',
  'GET /v1/merchants/{id}/webhook-endpoints/{endpointId}/deliveries',
  'GET /v1/notifications/preview',
  'GET /v1/orders',
  'GET /v1/orders/{id}',
  'GET /v1/payments',
  'GET /v1/payments/{id}',
  'GET /v1/payments/{id}/refunds',
  'GET /v1/reconciliation/differences',
  'GET /v1/reconciliation/differences/{id}',
  'GET /v1/reconciliation/runs/{id}',
  'GET /v1/refunds/{id}',
  'GET /v1/session',
  'GET /v1/settlements',
  'GET /v1/settlements/{id}',
  'GET /v1/settlements/{id}/report.csv',
  'GET /v1/settlements/{id}/report.pdf',
  'GET /v1/tenants',
  'GET /v1/users',
  'GET /v1/users/{id}',
  'GET /v1/users/{id}/addresses',
  'GET /v1/users/{id}/balances',
  'GET /v1/users/{id}/notification-preferences',
  'GET /v1/users/{id}/payees',
  'GET /v1/users/{id}/statement',
  'GET /v1/withdrawals',
  'GET /v1/withdrawals/{id}',
  'PATCH /v1/merchants/{id}',
  'POST /v1/addresses/import',
  'POST /v1/admin/balance-differences/{id}/resolve',
  'POST /v1/admin/chains/{chain}/unlatch',
  'POST /v1/admin/dead-letters/discard',
  'POST /v1/admin/dead-letters/redrive',
  'POST /v1/admin/deposits/{id}/release',
  'POST /v1/admin/gaps/{id}/rescan',
  'POST /v1/admin/rescans',
  'POST /v1/channels/sandbox/callbacks',
  'POST /v1/keys',
  'POST /v1/keys/{id}/revoke',
  'POST /v1/keys/{id}/rotate',
  'POST /v1/merchants',
  'POST /v1/merchants/{id}/payees',
  'POST /v1/merchants/{id}/settlements',
  'POST /v1/merchants/{id}/webhook-endpoints',
  'POST /v1/merchants/{id}/webhook-endpoints/{endpointId}/deliveries/{deliveryId}/redrive',
  'POST /v1/merchants/{id}/webhook-endpoints/{endpointId}/enable',
  'POST /v1/merchants/{id}/webhook-endpoints/{endpointId}/redrive',
  'POST /v1/merchants/{id}/webhook-endpoints/{endpointId}/rotate-secret',
  'POST /v1/merchants/{id}/withdrawals',
  'POST /v1/orders/{id}/cancel',
  'POST /v1/payments',
  'POST /v1/payments/{id}/refunds',
  'POST /v1/reconciliation/differences/{id}/adjustment',
  'POST /v1/reconciliation/differences/{id}/confirm',
  'POST /v1/reconciliation/runs',
  'POST /v1/reconciliation/statements',
  'POST /v1/session',
  'POST /v1/tenants',
  'POST /v1/treasury/fundings',
  'POST /v1/users',
  'POST /v1/users/{id}/addresses',
  'POST /v1/users/{id}/payees',
  'POST /v1/users/{id}/withdrawals',
  'POST /v1/withdrawals/{id}/approve',
  'POST /v1/withdrawals/{id}/cancel',
  'PUT /v1/merchants/{id}/notification-preferences',
  'PUT /v1/merchants/{id}/settlement-settings',
  'PUT /v1/users/{id}/notification-preferences',
]

test('the document is valid OpenAPI 3.1', async () => {
  await using api = await testApi()
  const { body } = await api.get('/openapi.json')

  const result = await new Validator().validate(body)

  expect(result).toEqual({ valid: true })
  expect(body.openapi).toMatch(/^3\.1\./)
})

test('A9: the document lists every route and nothing else', async () => {
  await using api = await testApi()
  const { body } = await api.get('/openapi.json')

  const documented = Object.entries<object>(body.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )

  expect(documented.sort()).toEqual(ROUTES)
  expect(registeredRoutes(api.server.printRoutes({ commonPrefix: false }))).toEqual(ROUTES)
})

test('every operation says what it does, what it answers and how it tells of errors', async () => {
  await using api = await testApi()
  const { body } = await api.get('/openapi.json')

  for (const item of Object.values<Record<string, Record<string, object>>>(body.paths)) {
    for (const operation of Object.values(item)) {
      expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] })
      expect(Object.keys(operation['responses'] ?? {})).toContain('default')
    }
  }
  expect(body.paths['/v1/addresses/import'].post.requestBody.content).toHaveProperty(
    'application/x-ndjson',
  )
})

type Schema = { [Key in 'properties' | 'items' | 'anyOf' | 'allOf' | 'oneOf']?: unknown } & {
  additionalProperties?: unknown
}

/** Where objects may have fields that nobody named. */
function looseIn(schema: unknown, place: string): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties, additionalProperties } = schema as Schema
  const isLoose = properties !== undefined && additionalProperties !== false
  const inner = Object.entries(schema).flatMap(([name, each]) => looseIn(each, `${place}/${name}`))
  return isLoose ? [place, ...inner] : inner
}

type Described = {
  requestBody?: { content: object }
  responses: Record<string, { content?: object }>
  parameters?: { name: string; in: string; schema: { maximum?: number } }[]
}

async function describedOperations(): Promise<[route: string, Described][]> {
  await using api = await testApi()
  const { body } = await api.get('/openapi.json')
  return Object.entries<Record<string, Described>>(body.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Described] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )
}

test('A3: no operation takes or answers a field that its schema does not name', async () => {
  const operations = await describedOperations()

  const loose = operations.flatMap(([route, { requestBody, responses }]) => {
    const told = Object.entries(responses).filter(([status]) => status.startsWith('2'))
    const bodies = [requestBody, ...told.map(([, response]) => response)]
    return bodies.flatMap((body) => looseIn(body?.content, route))
  })

  expect(operations.length).toBeGreaterThan(90)
  expect(loose).toEqual([])
})

test('A4: lists are read by cursor, and no page has more than 200 items', async () => {
  const operations = await describedOperations()

  const wrong = operations.flatMap(([route, { parameters = [] }]) => {
    const query = parameters.filter((each) => each.in === 'query')
    const limit = query.find(({ name }) => name === 'limit')
    const isDeep = query.some(({ name }) => /^(offset|page|skip)$/.test(name))
    return isDeep || (limit && (limit.schema.maximum ?? Infinity) > 200) ? [route] : []
  })
  const paged = operations.filter(([, { parameters = [] }]) =>
    parameters.some(({ name }) => name === 'cursor'),
  )

  expect(paged.length).toBeGreaterThan(10)
  expect(wrong).toEqual([])
})

/** What is for people: the documentation's own pages, the console, and what payers see. */
const PAGES = /^(\/docs.*|\/console.*|\/pay\/\{id\}|\/)$/

/** Routes as Fastify's router knows them, without pages. */
function registeredRoutes(tree: string): string[] {
  const routes: string[] = []
  const parents: string[] = []
  for (const line of tree.split('\n')) {
    const [, indent = '', segment = '', methods] =
      /^([│ ]*)[├└]── (\S*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
    const depth = indent.length / 4
    parents.splice(depth, parents.length, segment)
    const path = parents.join('').replace(/:(\w+)/g, '{$1}')
    if (PAGES.test(path)) continue
    for (const method of methods?.split(', ') ?? []) {
      if (method !== 'HEAD') routes.push(`${method} ${path}`)
    }
  }
  return routes.sort()
}
