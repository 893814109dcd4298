import { randomUUID } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { availableIn } from '@coffer/ledger/available-in'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { currencyAssetId } from '@coffer/money/asset'
import { postgresSettling } from '@coffer/settlements/postgres-settling'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestApi, testApi } from './testing/test-api.ts'

const USD = currencyAssetId('USD')
const TERMS = {
  ...{ thresholds: {}, threshold: 1n, holdBackDays: 0 },
  ...{ reserveBasisPoints: 1_000, reserveDays: 30 },
}

let api: TestApi
let merchantId: string

beforeAll(async () => {
  api = await testApi({ settlementTerms: TERMS })
})
afterAll(() => api[Symbol.asyncDispose]())
beforeEach(async () => {
  merchantId = randomUUID()
  await api.postgres.execute(
    sql`insert into wallets.owners (id, kind) values (${merchantId}, 'merchant')`,
  )
})

const put = async (id: string, payload: object) => {
  const url = `/v1/merchants/${id}/settlement-settings`
  const { headers } = api
  const answer = await api.server.inject({ method: 'PUT', url, headers, payload })
  return { status: answer.statusCode, body: answer.json() }
}

/** Books money that is pending, and records it as the consumer does. */
async function pay(amount: bigint, reference: string): Promise<void> {
  const entries = [
    { account: { owner: 'system', code: 'channel.receivable', asset: USD }, amount },
    { account: { owner: merchantId, code: 'merchant.pending', asset: USD }, amount: -amount },
  ] as const
  const at = new Date('2026-11-21T12:00:00.000Z')
  const facts = { reference, code: 'payment.succeeded', eventAt: at }
  await api.postgres.transaction((tx) =>
    postTransactions(tx, [{ ...facts, owner: merchantId, entries }]),
  )
  const booked = { transactionId: '1', accountVersion: 1, balanceAfter: 0n, shard: 0 }
  await settling().recordLines([
    {
      ...{ ...facts, ...booked, eventAt: at.toISOString(), recordedAt: at.toISOString() },
      entries: entries.map(({ account: { code, ...account }, amount }) => ({
        ...{ ...booked, ...account, account: code, amount },
      })),
    },
  ])
}

const settling = () => postgresSettling({ postgres: api.postgres, defaults: TERMS })

/** What is due is done, as the process does it. */
async function settleRequests(): Promise<void> {
  const due = await settling().due(new Date(), 100)
  for (const { id } of due) {
    if (id.startsWith('request:')) await settling().answerRequest(id.slice('request:'.length))
  }
}

/** A settlement of two payments, one with a reference that a spreadsheet would compute. */
async function settled() {
  await pay(1_234_550n, `=cmd|${merchantId}`)
  await pay(-50n, `refund:${merchantId}`)
  await api.post(`/v1/merchants/${merchantId}/settlements`, { asset: USD })
  await settleRequests()
  const { body } = await api.get(`/v1/settlements?merchant=${merchantId}`)
  return body.items[0]
}

const report = async (id: string, kind: string) =>
  await api.server.inject({ url: `/v1/settlements/${id}/report.${kind}`, headers: api.headers })

test('a merchant has the defaults until it chooses, and for what it leaves out', async () => {
  const url = `/v1/merchants/${merchantId}/settlement-settings`
  const defaults = {
    ...{ thresholds: {}, defaultThreshold: '1', holdBackDays: 0 },
    ...{ reserveBasisPoints: 1_000, reserveDays: 30, schedule: null },
  }
  expect(await api.get(url)).toMatchObject({ status: 200, body: defaults })
  const chosen = {
    thresholds: { [USD]: '500' },
    holdBackDays: 7,
    schedule: { dailyAt: '23:30' },
  }

  const answer = await put(merchantId, chosen)

  expect(answer).toEqual({ status: 200, body: { ...defaults, ...chosen } })
  expect((await api.get(url)).body).toEqual(answer.body)
  expect((await put(merchantId, {})).body).toEqual(defaults)
})

test.each([
  [{ holdBackDays: 366 }, 'holdBackDays'],
  [{ reserveBasisPoints: 10_001 }, 'reserveBasisPoints'],
  [{ reserveDays: 0 }, 'reserveDays'],
  [{ thresholds: { [USD]: '-1' } }, 'thresholds'],
  [{ thresholds: { gold: '1' } }, 'CAIP-19'],
  [{ schedule: { dailyAt: '24:00' } }, 'dailyAt'],
  [{ threshold: '1' }, 'threshold'],
])('refuses the settings %j', async (settings, named) => {
  const { status, body } = await put(merchantId, settings)

  expect(status).toBe(400)
  expect(JSON.stringify(body)).toContain(named)
})

test('whoever is no merchant has nothing to settle', async () => {
  const { body: user } = await api.post('/v1/users')

  for (const id of [user.id, randomUUID()]) {
    expect((await put(id, {})).body.code).toBe('SETTLEMENT_MERCHANT_UNKNOWN')
    const asked = await api.post(`/v1/merchants/${id}/settlements`, { asset: USD })
    expect(asked).toMatchObject({ status: 404, body: { code: 'SETTLEMENT_MERCHANT_UNKNOWN' } })
  }
  const missing = await api.get(`/v1/settlements/${randomUUID()}`)
  expect(missing).toMatchObject({ status: 404, body: { code: 'SETTLEMENT_UNKNOWN' } })
})

test('what is asked for is settled, listed and told', async () => {
  await pay(900n, 'payment:1')
  const url = `/v1/merchants/${merchantId}/settlements`
  const asked = await api.post(url, { asset: USD })
  expect(asked).toMatchObject({ status: 202, body: { merchantId, asset: USD } })
  expect((await api.post(url, { asset: USD })).body).toEqual(asked.body)

  await settleRequests()
  await pay(100n, 'payment:2')
  await api.post(url, { asset: USD })
  await settleRequests()
  const first = await api.get(`/v1/settlements?merchant=${merchantId}&limit=1`)
  const second = await api.get(
    `/v1/settlements?merchant=${merchantId}&limit=1&cursor=${first.body.nextCursor}`,
  )

  const facts = { merchantId, asset: USD, cause: 'request', transactions: 1 }
  expect(first.body.items).toMatchObject([{ ...facts, amount: '100', reserve: '10' }])
  expect(second.body.items).toMatchObject([{ ...facts, amount: '900', available: '810' }])
  expect(second.body.nextCursor).toBeNull()
  const [{ id } = { id: '' }] = second.body.items
  expect((await api.get(`/v1/settlements/${id}`)).body).toEqual(second.body.items[0])
})

test('A14: the table has each line, totals that the ledger agrees with, and no formula', async () => {
  const { id } = await settled()

  const { headers, body } = await report(id, 'csv')

  expect(headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="settlement-${id}.csv"`,
  })
  const rows = body
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','))
  const money = rows.slice(1).map(([kind, , , reference, , , symbol, shown, units]) => {
    return [kind, reference, symbol, shown, units].join(' ')
  })
  const total = `settlement:${id} USD`
  expect(money).toEqual([
    `line '=cmd|${merchantId} USD 12345.50 1234550`,
    `line refund:${merchantId} USD -0.50 -50`,
    `lines ${total} 12345.00 1234500`,
    `settled ${total} 12345.00 1234500`,
    `reserve ${total} 1234.50 123450`,
    `available ${total} 11110.50 1111050`,
  ])
  const codes = ['merchant.pending', 'merchant.reserve', 'owner.available'] as const
  const accounts = codes.map((code) => ({ owner: merchantId, code, asset: USD }))
  expect(await availableIn(api.postgres, accounts)).toEqual([0n, 123_450n, 1_111_050n])
})

test('the document shows the same', async () => {
  const { id } = await settled()

  const { headers, rawPayload } = await report(id, 'pdf')

  expect(headers['content-type']).toBe('application/pdf')
  const text = textOf(rawPayload)
  for (const part of [id, merchantId, '12 345.00 USD', '11 110.50 USD', '-0.50', '=cmd|']) {
    expect(text).toContain(part)
  }
})

/** What a document of pdfkit says: it writes text in hex, in pieces between which letters move. */
function textOf(pdf: Buffer): string {
  const said: string[] = []
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 1)) {
    if (pdf.subarray(at - 3, at).toString() === 'end') continue
    const content = inflateSync(pdf.subarray(at + 'stream\n'.length)).toString('latin1')
    for (const [, array = ''] of content.matchAll(/\[(.*?)\] TJ/g)) {
      const pieces = [...array.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => hex)
      said.push(Buffer.from(pieces.join(''), 'hex').toString('latin1'))
    }
  }
  return said.join('\n')
}
