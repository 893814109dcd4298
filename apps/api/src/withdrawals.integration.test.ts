import { randomUUID } from 'node:crypto'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { owners } from '@coffer/wallets/schema'
import { policySettings } from '@coffer/withdrawals/policy-settings'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { calling, newCaller, type TestCaller } from './testing/tenants.ts'
import { CHAIN, NATIVE_ASSET, type TestApi, TOKEN_ASSET, testApi } from './testing/test-api.ts'

const HOT = `0x${'99'.repeat(20)}`
const PAYEE = `0x${'5e'.repeat(20)}`
const ETH = NATIVE_ASSET.id
const LIMITED = TOKEN_ASSET.id

let api: TestApi
let strict: TestApi
let ada: TestCaller

beforeAll(async () => {
  api = await testApi({
    withdrawals: z.object(policySettings).parse({
      HOT_WALLET: HOT,
      WITHDRAWAL_LIMITS: `${LIMITED}=100`,
      WITHDRAWAL_APPROVAL_ABOVE: `${ETH}=500`,
      WITHDRAWAL_FEES: `${ETH}=3`,
    }),
  })
  ada = await newCaller(api, { role: 'operator', holder: 'ada@example.com' })
  strict = await testApi({
    withdrawals: z.object(policySettings).parse({ WITHDRAWAL_ALLOW_LIST: 'true' }),
  })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await strict[Symbol.asyncDispose]()
})

test('holds what a user withdraws, once for each key', async () => {
  const user = await ownerOf(api, 1_000n)
  const key = randomUUID()

  const first = await withdraw(api, { user, key, amount: '100' })
  const again = await withdraw(api, { user, key, amount: '100' })
  const other = await withdraw(api, { user, key, amount: '101' })

  expect(first).toMatchObject({
    status: 202,
    body: { owner: user, asset: ETH, amount: '100', fee: '3', status: 'queued', to: PAYEE },
  })
  expect(again).toEqual(first)
  expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
  expect(await available(user)).toBe('897')
  expect((await api.get(`/v1/withdrawals/${first.body.id}`)).body).toEqual(first.body)
  expect((await api.get(`/v1/withdrawals?owner=${user}`)).body.items).toEqual([first.body])
})

test('what was refused is refused for ever under its key', async () => {
  const user = await ownerOf(api, 10n)
  const key = randomUUID()

  const refused = await withdraw(api, { user, key, amount: '8' })
  await fund(api, user, 100n)
  const again = await withdraw(api, { user, key, amount: '8' })
  const anew = await withdraw(api, { user, amount: '8' })

  expect(refused).toMatchObject({ status: 422, body: { code: 'WITHDRAWAL_FUNDS' } })
  expect(again).toMatchObject({ status: 422, body: { detail: refused.body.detail } })
  expect(anew.status).toBe(202)
})

test.each([
  ['the zero address', `0x${'00'.repeat(20)}`],
  ['a token', `0x${'ab'.repeat(20)}`],
  ['the hot wallet', HOT],
  [
    'an address with a wrong checksum',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD'.replace('5aA', '5AA'),
  ],
  ['an address of 19 bytes', `0x${'5e'.repeat(19)}`],
])('W10: nothing is paid to %s', async (_, to) => {
  const user = await ownerOf(api, 10n)
  const answer = await withdraw(api, { user, amount: '1', to })
  expect(answer).toMatchObject({ status: 422, body: { code: 'WITHDRAWAL_DESTINATION' } })
})

test('W10: nothing is paid to an address that takes deposits', async () => {
  const user = await ownerOf(api, 10n)
  const { body } = await api.post(`/v1/users/${user}/addresses`, { chain: CHAIN })
  const answer = await withdraw(api, { user, amount: '1', to: body.address })
  expect(answer).toMatchObject({ status: 422, body: { code: 'WITHDRAWAL_DESTINATION' } })
})

test('W12: another person approves what they saw, and nothing else', async () => {
  const user = await ownerOf(api, 5_000n)
  const { body } = await withdraw(api, { user, amount: '600' })
  const second = await withdraw(api, { user, amount: '600' })
  const refused = { status: 409, body: { code: 'APPROVAL_REFUSED' } }

  expect(body).toMatchObject({ status: 'awaiting_approval', requestedBy: 'API_KEY' })
  expect(await approve(body.id, second.body.approvalHash)).toMatchObject(refused)
  const own = await api.post(approvalOf(body.id), { hash: body.approvalHash })
  expect(own).toMatchObject(refused)
  expect(own.body.detail).toContain('who asked for it may not approve it')
  expect(await approve(body.id, body.approvalHash)).toMatchObject({
    status: 200,
    body: { status: 'queued', approvedBy: 'ada@example.com' },
  })
})

test('W12: who asked is known by the holder of the key, whichever key, name or role', async () => {
  const user = await ownerOf(api, 5_000n)
  const asks = await newCaller(api, { role: 'admin', holder: ' Ada@Example.com'.trim() })
  const named = await withdraw(api, { user, amount: '600', requestedBy: 'somebody else' })
  const { body } = await withdraw({ ...api, headers: asks.headers }, { user, amount: '600' })

  expect(named).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } })
  expect(body.requestedBy).toBe('Ada@Example.com')
  expect(await approve(body.id, body.approvalHash)).toMatchObject({ status: 409 })
  expect((await api.post(approvalOf(body.id), { hash: body.approvalHash })).status).toBe(200)
})

test('W12: whoever has made the key of a second person is that person', async () => {
  const user = await ownerOf(api, 5_000n)
  const ann = await newCaller(api, { role: 'admin', holder: 'ann@example.com' })
  const key = { holder: 'ghost', role: 'admin' }
  const { body: made } = await ann.call('POST', '/v1/keys', key)
  const ghost = calling(api, { authorization: `Bearer ${made.secret}` })
  const next = await ghost('POST', '/v1/keys', { holder: 'ghost of a ghost', role: 'operator' })
  const ghosts = [ghost, calling(api, { authorization: `Bearer ${next.body.secret}` })]
  const { body } = await withdraw({ ...api, headers: ann.headers }, { user, amount: '600' })

  for (const call of ghosts) {
    const approved = await call('POST', approvalOf(body.id), { hash: body.approvalHash })
    expect(approved).toMatchObject({ status: 409, body: { code: 'APPROVAL_REFUSED' } })
  }
  expect((await approve(body.id, body.approvalHash)).status).toBe(200)
})

test('W12: what nobody knows who asked for is cancelled, and not approved', async () => {
  const user = await ownerOf(api, 5_000n)
  const { body } = await withdraw(api, { user, amount: '600' })
  // As it is left of one that was asked for before keys had holders.
  await api.postgres.execute(
    sql`update withdrawals.withdrawals set requested_by = null where id = ${body.id}`,
  )

  const approved = await approve(body.id, body.approvalHash)
  const cancelled = await api.post(`/v1/withdrawals/${body.id}/cancel`)

  expect(approved).toMatchObject({ status: 409, body: { code: 'APPROVAL_REFUSED' } })
  expect(approved.body.detail).toContain('nobody knows who asked for it')
  expect(cancelled.body.status).toBe('cancelled')
})

test('W15: no more goes out in a window than the limit, however it is divided', async () => {
  const user = await ownerOf(api, 1_000n, LIMITED)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => withdraw(api, { user, amount: '30', asset: LIMITED })),
  )

  expect(answers.map(({ status }) => status).sort()).toEqual([
    202, 202, 202, 422, 422, 422, 422, 422,
  ])
  const refused = answers.find(({ status }) => status === 422)
  expect(refused?.body).toMatchObject({ code: 'WITHDRAWAL_LIMIT' })
})

test('frees what it held when it is cancelled', async () => {
  const user = await ownerOf(api, 1_000n)
  const { body } = await withdraw(api, { user, amount: '100' })

  const cancelled = await api.post(`/v1/withdrawals/${body.id}/cancel`, { reason: 'a mistake' })

  expect(cancelled).toMatchObject({
    status: 200,
    body: { status: 'cancelled', reason: 'a mistake' },
  })
  expect(await available(user)).toBe('1000')
  const approved = await approve(body.id, body.approvalHash)
  expect(approved).toMatchObject({ status: 409, body: { code: 'WITHDRAWAL_STATE' } })
})

test('W21: with an allow-list only payees are paid, after they have cooled off', async () => {
  const user = await ownerOf(strict, 10n)
  const poisoned = `0x5e5e${'00'.repeat(16)}5e5e`

  const unknown = await withdraw(strict, { user, amount: '1' })
  const added = await strict.post(`/v1/users/${user}/payees`, { chain: CHAIN, address: PAYEE })
  const early = await withdraw(strict, { user, amount: '1' })
  const alike = await strict.post(`/v1/users/${user}/payees`, { chain: CHAIN, address: poisoned })

  expect(unknown).toMatchObject({ status: 422, body: { code: 'WITHDRAWAL_PAYEE' } })
  expect(added).toMatchObject({ status: 201, body: { address: PAYEE, lookalikes: [] } })
  expect(early).toMatchObject({ status: 422, body: { code: 'WITHDRAWAL_PAYEE' } })
  expect(alike.body.lookalikes).toEqual([PAYEE])
  expect((await strict.get(`/v1/users/${user}/payees`)).body.items).toHaveLength(2)
})

test('a merchant is no user, and nobody is neither', async () => {
  const merchant = await ownerOf(api, 100n, ETH, 'merchant')
  const request = asked({ amount: '1' })

  const asUser = await withdraw(api, { user: merchant, amount: '1' })
  const url = `/v1/merchants/${merchant}/withdrawals`
  const headers = { ...api.headers, 'idempotency-key': 'one' }
  const taken = await api.server.inject({ method: 'POST', url, headers, payload: request })
  const nobody = await withdraw(api, { user: randomUUID(), amount: '1' })

  expect(asUser).toMatchObject({ status: 404, body: { code: 'OWNER_UNKNOWN' } })
  expect(taken.statusCode).toBe(202)
  expect(nobody.status).toBe(404)
})

type Asked = { amount: string; asset?: string; to?: string; requestedBy?: string }

const asked = ({ amount, asset = ETH, to = PAYEE, requestedBy }: Asked) => ({
  ...{ asset, to, amount },
  ...(requestedBy ? { requestedBy } : {}),
})

async function withdraw(
  on: Pick<TestApi, 'server' | 'headers'>,
  { user, key, ...request }: Asked & { user: string; key?: string },
) {
  const response = await on.server.inject({
    method: 'POST',
    url: `/v1/users/${user}/withdrawals`,
    headers: { ...on.headers, 'idempotency-key': key ?? randomUUID() },
    payload: asked(request),
  })
  return { status: response.statusCode, body: response.json() }
}

const approvalOf = (id: string): string => `/v1/withdrawals/${id}/approve`

const approve = (id: string, hash: string) => ada.call('POST', approvalOf(id), { hash })

async function available(user: string): Promise<string> {
  const { body } = await api.get(`/v1/users/${user}/balances`)
  return body.items[0].available
}

type OwnerKind = 'user' | 'merchant'

async function ownerOf(on: TestApi, amount: bigint, asset = ETH, kind: OwnerKind = 'user') {
  const [made] = await on.postgres.insert(owners).values({ kind }).returning({ id: owners.id })
  const owner = made?.id ?? ''
  await fund(on, owner, amount, asset)
  return owner
}

async function fund(on: TestApi, owner: string, amount: bigint, asset = ETH): Promise<void> {
  const draft = {
    ...{ reference: randomUUID(), code: 'test', owner, eventAt: new Date() },
    entries: [
      { account: { owner: 'system', code: 'custody', asset }, amount },
      { account: { owner, code: 'owner.available', asset }, amount: -amount },
    ],
  } as const
  await on.postgres.transaction((tx) => postTransactions(tx, [draft]))
}
