import { parseAddress } from '@coffer/evm/address'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHAIN, type TestApi, TOKEN_ASSET, testApi } from './testing/test-api.ts'

/** Goal: people find what they look for. Method: the whole API on PostgreSQL, without a chain. */

let api: TestApi

beforeAll(async () => {
  api = await testApi()
})

afterAll(async () => {
  await api[Symbol.asyncDispose]()
})

test('users are found by the beginning of their name, by id and by address', async () => {
  const { body: ann } = await api.post('/v1/users', { externalId: 'ann_1' })
  await api.post('/v1/users', { externalId: 'annx2' })
  const { body: given } = await api.post(`/v1/users/${ann.id}/addresses`, { chain: CHAIN })

  const found = async (search: string) =>
    (await api.get(`/v1/users?search=${encodeURIComponent(search)}`)).body.items.map(
      ({ externalId }: { externalId: string }) => externalId,
    )
  expect(await found('ann')).toEqual(['annx2', 'ann_1'])
  // What stands for anything elsewhere stands for itself here.
  expect(await found('ann_')).toEqual(['ann_1'])
  expect(await found(ann.id)).toEqual(['ann_1'])
  expect(await found(given.address)).toEqual(['ann_1'])
  expect((await api.get(`/v1/users/${ann.id}/addresses`)).body.items).toMatchObject([
    { address: given.address, chain: CHAIN, derived: true },
  ])
})

test('merchants and orders are listed page by page, and a payer sees what to pay', async () => {
  const { body: tea } = await api.post('/v1/merchants', { name: 'Tea', email: 'tea@example.com' })
  const terms = { merchant: tea.id, asset: TOKEN_ASSET.id, amount: '1500000', channel: 'onchain' }
  const ids: string[] = []
  for (const reference of ['one', 'two']) {
    const { body } = await api.server
      .inject({
        method: 'POST',
        url: '/v1/payments',
        headers: { ...api.headers, 'idempotency-key': reference },
        payload: { ...terms, reference },
      })
      .then((answer) => ({ body: answer.json() }))
    ids.push(body.id)
  }

  const first = (await api.get(`/v1/orders?merchant=${tea.id}&limit=1`)).body
  const second = (await api.get(`/v1/orders?limit=1&cursor=${first.nextCursor}`)).body
  expect([first, second].map(({ items }) => items[0].reference)).toEqual(['two', 'one'])
  expect((await api.get('/v1/merchants?search=te')).body.items).toMatchObject([{ name: 'Tea' }])

  const answer = await api.server.inject(`/v1/checkout/${ids[0]}`)
  const seen = answer.json()
  expect(seen).toMatchObject({
    ...{ merchant: 'Tea', reference: 'one', status: 'created', incoming: [] },
    ...{ amount: '1500000', remaining: '1500000', symbol: 'USDC', decimals: 6 },
  })
  expect(seen.uri).toBe(
    `ethereum:${TOKEN_ASSET.contract}@31337/transfer?address=${seen.address}&uint256=1500000`,
  )
  expect(parseAddress(seen.address)).toBe(seen.address)
  expect((await api.server.inject(`/v1/checkout/${tea.id}`)).statusCode).toBe(404)
})

test('accounts, entries and transactions of the ledger say the same', async () => {
  const { body: bob } = await api.post('/v1/users', { externalId: 'bob' })
  const asset = TOKEN_ASSET.id
  const book = (reference: string, amount: bigint) => ({
    ...{ reference, code: 'deposit.credit', owner: bob.id, eventAt: new Date(1_800_000_000_000) },
    entries: [
      { account: { owner: 'system', code: 'custody', asset }, amount },
      { account: { owner: bob.id, code: 'owner.available', asset }, amount: -amount },
    ],
  })
  await api.postgres.transaction((tx) =>
    postTransactions(tx, [book('a', 5n), book('b', 7n)] as Parameters<typeof postTransactions>[1]),
  )

  const { body: accounts } = await api.get(`/v1/ledger/accounts?owner=${bob.id}`)
  expect(accounts.items).toMatchObject([
    { code: 'owner.available', class: 'liability', balance: '12', held: '0', entries: 2 },
  ])
  const path = `/v1/ledger/entries?owner=${bob.id}&code=owner.available&asset=${asset}&limit=1`
  const newest = (await api.get(path)).body
  const oldest = (await api.get(`${path}&cursor=${newest.nextCursor}`)).body
  expect(newest.items).toMatchObject([{ reference: 'b', amount: '-7', balance: '-12' }])
  expect(oldest).toMatchObject({ items: [{ reference: 'a', balance: '-5' }], nextCursor: null })
  const { body: custody } = await api.get(
    `/v1/ledger/entries?owner=system&code=custody&asset=${asset}`,
  )
  expect(custody.items).toMatchObject([{ reference: 'b', balance: null }, { reference: 'a' }])
  const { body: told } = await api.get(`/v1/ledger/transactions/${newest.items[0].transactionId}`)
  expect(told.entries).toEqual([
    { owner: 'system', account: 'custody', asset, amount: '7' },
    { owner: bob.id, account: 'owner.available', asset, amount: '-7' },
  ])
  expect((await api.get('/v1/ledger/transactions/999999999')).status).toBe(404)
})
