import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CHAIN, NATIVE_ASSET, type TestApi, testApi } from './testing/test-api.ts'

const DIFFERENCES = '/v1/admin/balance-differences'
const OWNER = '019aa000-0000-7000-8000-000000000001'

test('differences are listed newest first, by page, chain and whether they are open', async () => {
  await using api = await testApi()
  for (const found of [115, 5, null]) await differs(api, found)

  const first = await api.get(`${DIFFERENCES}?limit=2&open=true&chain=${CHAIN}`)
  const last = await api.get(`${DIFFERENCES}?limit=2&cursor=${first.body.nextCursor}`)
  const others = await api.get(`${DIFFERENCES}?chain=eip155:1`)

  expect(first.body.items.map(({ found }: { found: string }) => found)).toEqual([null, '5'])
  expect(last.body).toEqual({
    items: [
      {
        id: '1',
        chain: CHAIN,
        address: `0x${'bb'.repeat(20)}`,
        owner: OWNER,
        asset: NATIVE_ASSET.id,
        fromBlock: 7,
        toBlock: 9,
        expected: '103',
        found: '115',
        detected: '5',
        sent: '2',
        noticedAt: expect.stringMatching(/Z$/),
      },
    ],
    nextCursor: null,
  })
  expect(others.body).toEqual({ items: [], nextCursor: null })
})

test('an operator closes a difference once, with words that are kept', async () => {
  await using api = await testApi()
  await differs(api, 115)
  const resolve = (id: number | string, reason = 'a gift') =>
    api.post(`${DIFFERENCES}/${id}/resolve`, { reason })

  const closed = await resolve(1)
  const again = await resolve(1)
  const unknown = await resolve(2)
  const wrong = await resolve('x')
  const wordless = await resolve(1, ' ')

  expect([closed.status, closed.body]).toMatchObject([200, { id: '1', closedBy: 'a gift' }])
  expect([again.status, again.body.code]).toEqual([409, 'BALANCE_DIFFERENCE_CLOSED'])
  expect([unknown.status, unknown.body.code]).toEqual([404, 'BALANCE_DIFFERENCE_UNKNOWN'])
  expect([wrong.status, wordless.status]).toEqual([400, 400])
  expect((await api.get(`${DIFFERENCES}?open=true`)).body.items).toEqual([])
})

test('what could not be proven is listed', async () => {
  await using api = await testApi()
  await api.postgres.execute(sql`
    insert into deposits.balance_skips (chain, kind, from_block, to_block, holdings)
    values (${CHAIN}, 'waiting', 7, 9, 3)`)

  const { body } = await api.get('/v1/admin/balance-skips')

  const noticedAt = expect.stringMatching(/Z$/)
  expect(body).toEqual({
    items: [{ chain: CHAIN, kind: 'waiting', fromBlock: 7, toBlock: 9, holdings: 3, noticedAt }],
  })
})

const differs = ({ postgres }: TestApi, found: number | null) =>
  postgres.execute(sql`
    insert into deposits.balance_differences (chain, address, asset, owner, from_block, to_block,
      base, detected, sent, found)
    values (${CHAIN}, decode(${'bb'.repeat(20)}, 'hex'), ${NATIVE_ASSET.id}, ${OWNER}, 7, 9,
      100, 5, 2, ${found})`)
