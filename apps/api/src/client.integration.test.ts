import { ApiProblem } from '@coffer/client/api-problem'
import { answerOf, cofferClient } from '@coffer/client/coffer-client'
import { itemsOf } from '@coffer/client/pages'
import { expect, test } from 'vitest'
import { CHAIN, TOKEN_ASSET, testApi } from './testing/test-api.ts'

/** Goal: what the client's types promise is what the API does. */
test('the client makes users and payments, pages through them, and tells problems', async () => {
  await using api = await testApi()
  const baseUrl = await api.server.listen({ host: '127.0.0.1', port: 0 })
  const apiKey = api.headers.authorization.slice('Bearer '.length)
  const client = cofferClient({ baseUrl, apiKey })

  const user = await answerOf(client.POST('/v1/users', { body: { externalId: 'ann' } }))
  const params = { path: { id: user.id } }
  const given = await answerOf(
    client.POST('/v1/users/{id}/addresses', { params, body: { chain: CHAIN } }),
  )
  expect(given).toMatchObject({ chain: CHAIN, address: expect.stringMatching(/^0x/) })

  const merchant = await answerOf(
    client.POST('/v1/merchants', { body: { name: 'Tea', email: 'tea@example.com' } }),
  )
  for (const reference of ['one', 'two', 'three']) {
    const terms = { asset: TOKEN_ASSET.id, amount: '5', channel: 'onchain' } as const
    const body = { ...terms, merchant: merchant.id, reference }
    await answerOf(client.POST('/v1/payments', { body }))
  }
  const payments = itemsOf((cursor) =>
    answerOf(client.GET('/v1/payments', { params: { query: { limit: 2, ...cursor } } })),
  )
  const references = (await Array.fromAsync(payments)).map(({ reference }) => reference)
  expect(references).toEqual(['three', 'two', 'one'])

  const unknown = { path: { id: merchant.id } }
  const refused = await answerOf(client.GET('/v1/users/{id}', { params: unknown })).catch(
    (error: unknown) => error,
  )
  expect(refused).toBeInstanceOf(ApiProblem)
  expect(refused).toMatchObject({ code: 'USER_UNKNOWN' })
})
