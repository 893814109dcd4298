import { expect, test } from 'vitest'
import { ApiProblem, ApiUnreachableError } from './api-problem.ts'
import { answerOf, cofferClient } from './coffer-client.ts'

const PROBLEM = {
  type: '/errors/user-unknown',
  title: 'There is no such user',
  status: 404,
  detail: 'No user has this id.',
  code: 'USER_UNKNOWN',
  requestId: 'r-1',
}

const clientOf = (respond: (request: Request) => Response) => {
  const requests: Request[] = []
  const client = cofferClient({
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'a-key',
    fetch: async (request) => {
      requests.push(request)
      return respond(request)
    },
  })
  return { client, requests }
}

const payment = {
  merchant: '018f0000-0000-7000-8000-000000000000',
  reference: 'order-1',
  asset: 'eip155:1/slip44:60',
  amount: '1',
  channel: 'onchain',
} as const

test('sends the key and answers what was asked for', async () => {
  const { client, requests } = clientOf(() => Response.json({ items: [] }))

  expect(await answerOf(client.GET('/v1/chains'))).toEqual({ items: [] })
  expect(requests[0]?.headers.get('authorization')).toBe('Bearer a-key')
  expect(requests[0]?.headers.has('idempotency-key')).toBe(false)
})

test('gives a POST that moves money a key of its own, the same one each time it is tried', async () => {
  let tried = 0
  const { client, requests } = clientOf(() => new Response('{}', { status: tried++ ? 201 : 503 }))

  await client.POST('/v1/payments', { body: payment })
  await client.POST('/v1/payments', { body: payment })

  const keys = requests.map(({ headers }) => headers.get('idempotency-key'))
  expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0], expect.any(String)])
  expect(keys[2]).not.toBe(keys[0])
})

test('leaves a key that the caller names', async () => {
  const { client, requests } = clientOf(() => Response.json({}))
  const params = { header: { 'idempotency-key': 'mine' } }

  await client.POST('/v1/payments', { params, body: payment })

  expect(requests[0]?.headers.get('idempotency-key')).toBe('mine')
})

test('throws the problem that the API tells of, by its code', async () => {
  const { client } = clientOf(() => Response.json(PROBLEM, { status: 404 }))
  const params = { path: { id: payment.merchant } }

  const thrown = await answerOf(client.GET('/v1/users/{id}', { params })).catch((error) => error)

  expect(thrown).toBeInstanceOf(ApiProblem)
  expect(thrown).toMatchObject({ code: 'USER_UNKNOWN', retry: 'never', problem: PROBLEM })
})

test('says that nothing answers, and takes the page of a proxy for no answer', async () => {
  const { client } = clientOf(() => new Response('<h1>Teapot</h1>', { status: 418 }))

  await expect(answerOf(client.GET('/v1/chains'))).rejects.toThrow(ApiUnreachableError)
})
