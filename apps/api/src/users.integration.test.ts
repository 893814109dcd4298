import { postTransactions } from '@coffer/ledger/post-transactions'
import { sql } from 'drizzle-orm'
import { mnemonicToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { CHAIN, NATIVE_ASSET, TOKEN_ASSET, testApi } from './testing/test-api.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'
const NOBODY = '00000000-0000-7000-8000-000000000000'

test('makes users, with and without an external id', async () => {
  await using api = await testApi()

  const anonymous = await api.post('/v1/users')
  const named = await api.post('/v1/users', { externalId: 'customer 7/é' })

  expect([anonymous.status, anonymous.body.externalId]).toEqual([201, null])
  expect([named.status, named.body.externalId]).toEqual([201, 'customer 7/é'])
  expect(named.body.id).not.toBe(anonymous.body.id)
  expect(await api.get(`/v1/users/${named.body.id}`)).toMatchObject({
    status: 200,
    body: { ...named.body, createdAt: expect.stringMatching(/^\d{4}-.*Z$/) },
  })
})

test('the same external id always answers the same user, also when asked at once', async () => {
  await using api = await testApi()

  const answers = await Promise.all(
    Array.from({ length: 8 }, () => api.post('/v1/users', { externalId: 'x' })),
  )

  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201])
})

test('refuses to make users of anything else', async () => {
  await using api = await testApi()
  const refused = [
    { externalId: '' },
    { externalId: ' x' },
    { externalId: 'a\u0000b' },
    { externalId: 'x'.repeat(201) },
    { externalId: '\ud800' },
    { externalId: 7 },
    { externalID: 'x' },
    [],
  ]

  for (const payload of refused) {
    const { status, type } = await api.post('/v1/users', payload)

    expect([payload, status, type]).toEqual([payload, 400, 'application/problem+json'])
  }
})

test('gives each user its own addresses, those of the HD wallet in order', async () => {
  await using api = await testApi()
  const user = (await api.post('/v1/users')).body.id

  const answers = await Promise.all(
    Array.from({ length: 5 }, () => api.post(`/v1/users/${user}/addresses`, { chain: CHAIN })),
  )

  const derived = [0, 1, 2, 3, 4].map((addressIndex) =>
    mnemonicToAccount(MNEMONIC, { addressIndex }).address.toLowerCase(),
  )
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
  expect(answers.map(({ body }) => body.address).sort()).toEqual(derived.sort())
  expect(answers[0]?.body).toEqual({
    address: expect.stringMatching(/^0x[0-9a-f]{40}$/),
    chain: CHAIN,
    watchedFrom: 0,
  })
})

test('an address is watched from the first block that is not scanned yet', async () => {
  await using api = await testApi()
  await api.postgres.execute(sql`
    insert into deposits.chains (chain, start_number, checkpoint_number)
    values (${CHAIN}, 0, 41)`)
  const user = (await api.post('/v1/users')).body.id

  const { body } = await api.post(`/v1/users/${user}/addresses`, { chain: CHAIN })

  expect(body.watchedFrom).toBe(42)
})

test('a derived address that was imported before is left out', async () => {
  await using api = await testApi()
  const [first, second] = [0, 1].map(
    (addressIndex) => mnemonicToAccount(MNEMONIC, { addressIndex }).address,
  )
  const line = JSON.stringify({ owner: 'other', address: first, chain: CHAIN })
  await api.post('/v1/addresses/import', line, 'application/x-ndjson')
  const user = (await api.post('/v1/users')).body.id

  const { body } = await api.post(`/v1/users/${user}/addresses`, { chain: CHAIN })

  expect(body.address).toBe(second?.toLowerCase())
})

test('refuses addresses for unknown users, unknown chains and malformed requests', async () => {
  await using api = await testApi()
  const user = (await api.post('/v1/users')).body.id
  const assign = async (id: string, payload: object) => {
    const { status, body } = await api.post(`/v1/users/${id}/addresses`, payload)
    return [status, body.code]
  }

  expect(await assign(NOBODY, { chain: CHAIN })).toEqual([404, 'USER_UNKNOWN'])
  expect(await assign('x', { chain: CHAIN })).toEqual([400, 'REQUEST_INVALID'])
  expect(await assign(user, { chain: 'eip155:1' })).toEqual([422, 'CHAIN_UNKNOWN'])
  expect(await assign(user, { chain: 'bip122:0' })).toEqual([400, 'REQUEST_INVALID'])
  expect(await assign(user, {})).toEqual([400, 'REQUEST_INVALID'])
})

test('without an extended public key it says how to get addresses', async () => {
  await using api = await testApi({ xpub: undefined })
  const user = (await api.post('/v1/users')).body.id

  const { status, body } = await api.post(`/v1/users/${user}/addresses`, { chain: CHAIN })

  expect([status, body.code]).toEqual([501, 'ADDRESS_SOURCE_MISSING'])
  expect(body.detail).toContain('XPUB')
})

test('answers balances with symbol, decimals and display', async () => {
  await using api = await testApi()
  const user = (await api.post('/v1/users')).body.id
  const gone = `${CHAIN}/erc20:0x${'cd'.repeat(20)}`
  await api.postgres.execute(sql`
    insert into ledger.accounts (owner, code, asset, credits_posted, debits_pending, debits_posted)
    values (${user}, 'owner.available', ${NATIVE_ASSET.id}, ${(2n ** 256n).toString()}, 5, 1),
      (${user}, 'owner.available', ${TOKEN_ASSET.id}, 1500000, 0, 0),
      (${user}, 'owner.available', ${gone}, 7, 0, 0)`)

  const { status, body } = await api.get(`/v1/users/${user}/balances`)

  expect(status).toBe(200)
  expect(body.items).toContainEqual({
    asset: NATIVE_ASSET.id,
    symbol: 'ETH',
    decimals: 18,
    available: (2n ** 256n - 6n).toString(),
    held: '5',
    display: '115792089237316195423570985008687907853269984665640564039457.58400791312963993',
  })
  expect(body.items).toContainEqual({
    asset: TOKEN_ASSET.id,
    symbol: 'USDC',
    decimals: 6,
    available: '1500000',
    held: '0',
    display: '1.5',
  })
  expect(body.items).toContainEqual({
    asset: gone,
    symbol: null,
    decimals: null,
    available: '7',
    held: '0',
    display: null,
  })
})

test('a user has no balances before the first credit, and nobody has none', async () => {
  await using api = await testApi()
  const user = (await api.post('/v1/users')).body.id

  expect((await api.get(`/v1/users/${user}/balances`)).body).toEqual({ items: [] })
  expect((await api.get(`/v1/users/${NOBODY}/balances`)).body.code).toBe('USER_UNKNOWN')
  expect((await api.get(`/v1/users/${NOBODY}`)).status).toBe(404)
  expect((await api.get('/v1/users/7/balances')).status).toBe(400)
})

test('tells balances as they were, and lists what was booked page by page', async () => {
  await using api = await testApi()
  const user = (await api.post('/v1/users')).body.id
  const asset = NATIVE_ASSET.id
  const available = { owner: user, code: 'owner.available', asset } as const
  const custody = { owner: 'system', code: 'custody', asset } as const
  const booked = await api.postgres.transaction((tx) =>
    postTransactions(
      tx,
      [5n, 7n].map((amount) => ({
        reference: `credit of ${amount}`,
        code: 'test.credit',
        owner: user,
        eventAt: new Date(1_000_000_000_000 + Number(amount)),
        entries: [
          { account: custody, amount },
          { account: available, amount: -amount },
        ],
      })),
    ),
  )
  const [first] = booked
  const id = first?.status === 'created' ? first.transaction.id : ''
  const path = `/v1/users/${user}`

  const before = `asOf=${new Date(1_000_000_000_006).toISOString()}`
  expect((await api.get(`${path}/balances?${before}&by=eventAt`)).body.items).toMatchObject([
    { asset, available: '5', held: '0' },
  ])
  expect((await api.get(`${path}/balances?${before}`)).body.items).toEqual([])

  const page = await api.get(`${path}/statement?asset=${asset}&limit=1`)
  const { nextCursor, items, ...rest } = page.body
  expect(rest).toEqual({ asset, symbol: 'ETH', decimals: 18, opening: '0', closing: '12' })
  expect(items).toEqual([
    {
      transactionId: id,
      reference: 'credit of 5',
      code: 'test.credit',
      eventAt: new Date(1_000_000_000_005).toISOString(),
      recordedAt: expect.any(String),
      amount: '5',
      balance: '5',
    },
  ])
  const next = await api.get(`${path}/statement?asset=${asset}&cursor=${nextCursor}`)
  expect(next.body).toMatchObject({ items: [{ amount: '7', balance: '12' }], nextCursor: null })

  const refusal = async (query: string) => (await api.get(`${path}/${query}`)).body.code
  expect(await refusal(`statement?asset=${asset}&cursor=x`)).toBe('STATEMENT_CURSOR')
  expect(await refusal('statement?asset=gold')).toBe('ASSET_ID')
  expect(await refusal('balances?asOf=yesterday')).toBe('REQUEST_INVALID')
  expect((await api.get(`/v1/users/${NOBODY}/statement?asset=${asset}`)).status).toBe(404)
})

test('A6: however many addresses are asked for at once, a user gets as many as may be', async () => {
  await using limited = await testApi({ addressesMax: 3 })
  const { body: user } = await limited.post('/v1/users')
  const ask = () => limited.post(`/v1/users/${user.id}/addresses`, { chain: CHAIN })

  const answers = await Promise.all(Array.from({ length: 8 }, ask))

  const refused = answers.filter(({ status }) => status !== 201)
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
    Array.from({ length: 5 }, () => [409, 'ADDRESSES_MAX']),
  )
})
