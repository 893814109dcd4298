import { createHmac } from 'node:crypto'
import { type AccountCode, SYSTEM } from '@coffer/ledger/chart-of-accounts'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { messagesIn } from '@coffer/messaging/outbox-source'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHAIN, NATIVE_ASSET, type TestApi, TOKEN_ASSET, testApi } from './testing/test-api.ts'

const FORWARDERS = `0x${'f0'.repeat(20)}`
const SANDBOX_SECRET = Buffer.alloc(32, 7)
const NOBODY = '0199a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b1'

let api: TestApi
let merchant: string
let isVerified = true

beforeAll(async () => {
  const assets = [NATIVE_ASSET, TOKEN_ASSET]
  api = await testApi({
    chains: [{ chain: CHAIN, assets, forwarders: FORWARDERS as never }],
    isVerified: () => isVerified,
    sandboxSecret: `whsec_${SANDBOX_SECRET.toString('base64')}`,
  })
  const created = await api.post('/v1/merchants', { name: 'Books', email: 'books@example.com' })
  merchant = created.body.id
})
afterAll(() => api[Symbol.asyncDispose]())

describe('merchants', () => {
  test('are made, read and changed in part, and each change is told', async () => {
    const facts = { name: 'Teas', email: 'teas@example.com', locale: 'zh', feeBasisPoints: 150 }
    const created = await api.post('/v1/merchants', facts)
    const { id } = created.body

    const changed = await patch(`/v1/merchants/${id}`, { feeBasisPoints: 200 })
    await patch(`/v1/merchants/${id}`, { feeBasisPoints: 200 })

    expect(created).toMatchObject({ status: 201, body: facts })
    expect(changed).toEqual({ status: 200, body: { ...created.body, feeBasisPoints: 200 } })
    expect((await api.get(`/v1/merchants/${id}`)).body).toEqual(changed.body)
    expect(await told('merchant.events', id)).toEqual([`merchant:${id}:1`, `merchant:${id}:2`])
    // A merchant is an owner, and no user.
    expect((await api.get(`/v1/users/${id}`)).status).toBe(404)
  })

  test.each([
    ['no name', { email: 'a@example.com' }],
    ['a name with a line break', { name: 'a\nb', email: 'a@example.com' }],
    ['no address for letters', { name: 'a', email: 'nobody' }],
    ['more than all for us', { name: 'a', email: 'a@example.com', feeBasisPoints: 10_001 }],
  ])('with %s are refused', async (_, body) => {
    expect((await api.post('/v1/merchants', body)).status).toBe(400)
  })

  test('that nobody made are 404', async () => {
    const answers = [
      await api.get(`/v1/merchants/${NOBODY}`),
      await api.get(`/v1/merchants/${NOBODY}/balances`),
      await patch(`/v1/merchants/${NOBODY}`, {}),
      await pay({ merchant: NOBODY }),
    ]

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      Array(4).fill([404, 'MERCHANT_UNKNOWN']),
    )
  })

  test('own what is pending, free and kept back', async () => {
    const { id } = (await api.post('/v1/merchants', { name: 'Inks', email: 'i@example.com' })).body
    expect((await api.get(`/v1/merchants/${id}/balances`)).body).toEqual({ items: [] })
    const asset = TOKEN_ASSET.id
    const entry = (owner: string, code: AccountCode, amount: bigint) => {
      return { account: { owner, code, asset }, amount }
    }
    const entries = [
      entry(SYSTEM, 'channel.receivable', 100n),
      entry(id, 'merchant.pending', -60n),
      entry(id, 'owner.available', -30n),
      entry(id, 'merchant.reserve', -10n),
    ]
    const draft = { reference: 'test', code: 'test', owner: id, eventAt: new Date(), entries }
    await api.postgres.transaction((tx) => postTransactions(tx, [draft]))

    const { body } = await api.get(`/v1/merchants/${id}/balances`)

    const amounts = { pending: '60', available: '30', held: '0', reserve: '10', owed: '0' }
    expect(body).toEqual({ items: [{ asset, symbol: 'USDC', decimals: 6, ...amounts }] })
  })
})

describe('payments', () => {
  test('are asked for, and read by themselves, in their order and in a list', async () => {
    const asked = await pay({ reference: 'A-1', description: 'a book', expiresInSeconds: 600 })
    const { id, order } = asked.body

    expect(asked.status).toBe(201)
    expect(asked.body).toMatchObject({
      ...{ merchant, reference: 'A-1', channel: 'onchain', asset: TOKEN_ASSET.id, amount: '5' },
      ...{ fee: '0', status: 'created', received: '0', reason: null, paidAt: null },
      address: expect.stringMatching(/^0x[0-9a-f]{40}$/),
    })
    const { createdAt, expiresAt } = asked.body
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(600_000)
    expect((await api.get(`/v1/payments/${id}`)).body).toEqual(asked.body)
    const found = (await api.get(`/v1/orders/${order}`)).body
    expect(found).toMatchObject({ status: 'open', description: 'a book', payments: [asked.body] })
    const list = await api.get(`/v1/payments?merchant=${merchant}&status=created&limit=1`)
    expect(list.body).toEqual({ items: [asked.body], nextCursor: null })
  })

  test('come page by page', async () => {
    const { id } = (await api.post('/v1/merchants', { name: 'Pens', email: 'p@example.com' })).body
    const made = [await pay({ merchant: id }), await pay({ merchant: id })].map(({ body }) => body)

    const first = (await api.get(`/v1/payments?merchant=${id}&limit=1`)).body
    const rest = (await api.get(`/v1/payments?merchant=${id}&limit=1&cursor=${first.nextCursor}`))
      .body

    expect([first.items, rest.items]).toEqual([[made[1]], [made[0]]])
    expect(rest.nextCursor).toBeNull()
  })

  test.each([
    ['without a key', {}, {}, 400, 'REQUEST_INVALID'],
    ['of nothing', { amount: '0' }, undefined, 400, 'REQUEST_INVALID'],
    ['of a part of a unit', { amount: '0.5' }, undefined, 400, 'REQUEST_INVALID'],
    ['with a field that nobody knows', { note: 'x' }, undefined, 400, 'REQUEST_INVALID'],
    ['in a token that is not accepted', { asset: unlisted() }, undefined, 422, 'PAYMENT_ASSET'],
    ['in a token by the sandbox', { channel: 'sandbox' }, undefined, 422, 'PAYMENT_ASSET'],
  ])('%s are refused', async (_, body, headers, status, code) => {
    expect(await pay(body, headers)).toMatchObject({ status, body: { code } })
  })

  test('get no address before somebody has seen where it leads', async () => {
    const key = named()
    isVerified = false
    const refused = await pay({ reference: 'unseen' }, key)
    const byCard = { channel: 'sandbox', asset: 'sandbox:1/iso4217:USD', card: 'tok_succeed' }
    const charged = await pay(byCard)
    isVerified = true

    expect(refused).toMatchObject({ status: 503, body: { code: 'FORWARDERS_UNVERIFIED' } })
    expect(charged.status).toBe(201)
    expect((await pay({ reference: 'unseen' }, key)).status).toBe(201)
  })

  test('by the sandbox have no address', async () => {
    const byCard = { channel: 'sandbox', asset: 'sandbox:1/iso4217:USD' }
    const asked = await pay({ ...byCard, card: 'tok_succeed' })

    expect(asked).toMatchObject({ status: 201, body: { address: null, channel: 'sandbox' } })
    expect(await pay(byCard)).toMatchObject({ status: 422, body: { code: 'PAYMENT_CARD' } })
    const number = { ...byCard, card: '4111111111111111' }
    expect(await pay(number)).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } })
  })

  test('by card are paid once the sandbox tells so, and not any more when it is taken back', async () => {
    const asset = 'sandbox:1/iso4217:USD'
    const { body } = await pay({ channel: 'sandbox', asset, card: 'tok_succeed' })
    const report = { id: 'ch_1', reference: body.id, asset, amount: body.amount }
    const statuses = async () => (await api.get(`/v1/payments/${body.id}`)).body.status

    expect(await callBack('charge.succeeded', { ...report, status: 'succeeded' })).toBe(200)
    expect(await statuses()).toBe('paid')
    expect(await callBack('charge.charged_back', { ...report, status: 'charged_back' })).toBe(200)
    expect(await statuses()).toBe('charged_back')
  })

  test('repeated under their key are one, and another body under it is refused', async () => {
    const headers = { 'idempotency-key': 'k-1' }
    const body = { reference: 'B-1' }

    const answers = [await pay(body, headers), await pay(body, headers)]

    expect(answers[1]).toEqual(answers[0])
    expect(await pay({ reference: 'B-2' }, headers)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    })
  })

  test('of an order that is cancelled fail, and it gets no more of them', async () => {
    const { order } = (await pay({ reference: 'C-1' })).body

    const cancelled = await api.post(`/v1/orders/${order}/cancel`)

    expect(cancelled).toMatchObject({
      status: 200,
      body: { status: 'cancelled', payments: [{ status: 'failed', reason: 'cancelled' }] },
    })
    expect(await pay({ reference: 'C-1' })).toMatchObject({ body: { code: 'ORDER_CLOSED' } })
    expect(await told('order.events', order)).toEqual([`order:${order}:1`, `order:${order}:2`])
  })

  test('and orders that nobody made are 404', async () => {
    const answers = [
      await api.get(`/v1/payments/${NOBODY}`),
      await api.get(`/v1/orders/${NOBODY}`),
      await api.post(`/v1/orders/${NOBODY}/cancel`),
    ]

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'PAYMENT_UNKNOWN'],
      [404, 'ORDER_UNKNOWN'],
      [404, 'ORDER_UNKNOWN'],
    ])
  })
})

function unlisted(): string {
  return `eip155:31337/erc20:0x${'9'.repeat(40)}`
}

const named = () => ({ 'idempotency-key': crypto.randomUUID() })

async function pay(terms: object, headers: Record<string, string> = named()) {
  const payload = {
    merchant,
    reference: crypto.randomUUID(),
    asset: TOKEN_ASSET.id,
    amount: '5',
    channel: 'onchain',
    ...terms,
  }
  const sent = { ...api.headers, ...headers }
  const answer = await api.server.inject({
    ...{ method: 'POST', url: '/v1/payments', headers: sent, payload },
  })
  return { status: answer.statusCode, body: answer.json() }
}

async function patch(url: string, payload: object) {
  const answer = await api.server.inject({ method: 'PATCH', url, headers: api.headers, payload })
  return { status: answer.statusCode, body: answer.json() }
}

/** The ids of events of `topic` that name `id`, in order. */
async function told(topic: string, id: string): Promise<unknown[]> {
  const rows = await api.postgres.execute(sql`select * from messaging.outbox order by id`)
  const ids = rows.flatMap(messagesIn).flatMap((message) => {
    return message.topic === topic ? [message.headers['ce_id'] ?? ''] : []
  })
  return ids.filter((each) => each.includes(id))
}

/** Tells of something as the sandbox does; answers the status of the answer. */
async function callBack(type: string, data: object): Promise<number> {
  const payload = JSON.stringify({ type, data })
  const [id, at] = [`msg_${type}`, `${Math.floor(Date.now() / 1_000)}`]
  const mac = createHmac('sha256', SANDBOX_SECRET).update(`${id}.${at}.${payload}`)
  const response = await api.server.inject({
    ...{ method: 'POST', url: '/v1/channels/sandbox/callbacks', payload },
    headers: {
      ...{ 'content-type': 'application/json', 'webhook-id': id },
      ...{ 'webhook-timestamp': at, 'webhook-signature': `v1,${mac.digest('base64')}` },
    },
  })
  return response.statusCode
}
