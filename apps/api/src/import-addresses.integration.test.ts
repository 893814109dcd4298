import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CHAIN, type TestApi, testApi } from './testing/test-api.ts'

const addressOf = (seed: string | number): string =>
  `0x${createHash('sha256').update(`${seed}`).digest('hex').slice(0, 40)}`

const importLines = (
  api: TestApi,
  lines: readonly (object | string)[],
  type = 'application/x-ndjson',
) =>
  api.post(
    '/v1/addresses/import',
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    type,
  )

test('imports for owners by id and by external id, and makes users for new external ids', async () => {
  await using api = await testApi()
  const user = (await api.post('/v1/users', { externalId: 'known' })).body.id
  const lines = [
    { owner: user, address: addressOf(1), chain: CHAIN },
    { owner: 'known', address: addressOf(2), chain: CHAIN },
    { owner: 'new', address: addressOf(3), chain: CHAIN },
    { owner: 'new', address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', chain: CHAIN },
    { owner: user.toUpperCase(), address: addressOf(1), chain: CHAIN },
  ]

  const first = await importLines(api, lines)
  const again = await importLines(api, lines, 'application/x-www-form-urlencoded')

  expect(first).toMatchObject({
    status: 200,
    body: { imported: 4, existing: 1, rejected: [], rejectedCount: 0 },
  })
  expect(again.body).toEqual({ imported: 0, existing: 5, rejected: [], rejectedCount: 0 })
  const created = (await api.post('/v1/users', { externalId: 'new' })).body.id
  const rows = await api.postgres.execute<{ owner: string; count: number }>(
    sql`select owner, count(*)::int as count from wallets.addresses group by owner`,
  )
  expect(Object.fromEntries(rows.map(({ owner, count }) => [owner, count]))).toEqual({
    [user]: 2,
    [created]: 2,
  })
})

test('an external id may be a UUID, once its user was made', async () => {
  await using api = await testApi()
  const externalId = '3f0c8a52-0000-4000-8000-000000000000'
  const line = { owner: externalId, address: addressOf(1), chain: CHAIN }

  const before = await importLines(api, [line])
  await api.post('/v1/users', { externalId })
  const after = await importLines(api, [line])

  expect(before.body.rejected).toEqual([{ line: 1, reason: expect.stringContaining('No owner') }])
  expect(after.body.imported).toBe(1)
})

test('tells of each bad line by its number and reason, and imports the rest', async () => {
  await using api = await testApi()
  const good = { owner: 'a', address: addressOf(1), chain: CHAIN }

  const { status, body } = await importLines(api, [
    good,
    '{"owner":',
    { ...good, extra: 1 },
    { owner: 'a', chain: CHAIN },
    { ...good, address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed' },
    { ...good, address: `0x${'0'.repeat(40)}` },
    { ...good, chain: 'eip155:1' },
    { ...good, chain: 'bitcoin' },
    { ...good, owner: 'b' },
    { ...good, owner: '', address: addressOf(2) },
    { ...good, owner: 'x'.repeat(5_000), address: addressOf(2) },
    '',
    '"text"',
    { ...good, address: addressOf(3) },
  ])

  expect(status).toBe(200)
  expect(body).toMatchObject({ imported: 2, existing: 0, rejectedCount: 11 })
  expect(body.rejected.map(({ line }: { line: number }) => line)).toEqual([
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13,
  ])
  const reasons = body.rejected.map(({ reason }: { reason: string }) => reason)
  const words = ['JSON', 'extra', 'address', 'checksum', 'nobody', 'not followed', 'CAIP-2']
  for (const word of [...words, 'another owner', 'external id', 'too long', 'object']) {
    expect(reasons.shift()).toContain(word)
  }
})

test('an empty import does nothing', async () => {
  await using api = await testApi()

  const { status, body } = await api.post('/v1/addresses/import')

  expect([status, body]).toEqual([
    200,
    { imported: 0, existing: 0, rejected: [], rejectedCount: 0 },
  ])
})

test('two imports of the same addresses at once agree on who has each', async () => {
  await using api = await testApi()
  const seeds = Array.from({ length: 500 }, (_, index) => index)
  const linesOf = (owner: string, order: number[]) =>
    order.map((seed) => ({ owner, address: addressOf(seed), chain: CHAIN }))

  const [first, second] = await Promise.all([
    importLines(api, linesOf('a', seeds)),
    importLines(api, linesOf('b', seeds.toReversed())),
  ])

  expect([first.status, second.status]).toEqual([200, 200])
  expect(first.body.imported + second.body.imported).toBe(500)
  expect(first.body.rejectedCount + second.body.rejectedCount).toBe(500)
})

test('streams 100,000 lines, bad ones among them', {
  timeout: 120_000,
}, async () => {
  await using api = await testApi()
  const url = new URL(
    '/v1/addresses/import',
    await api.server.listen({ host: '127.0.0.1', port: 0 }),
  )
  const line = (index: number): string =>
    index % 50 === 49
      ? `{"owner":"user-${index}","address":"0x12","chain":"${CHAIN}"}\n`
      : `{"owner":"user-${index % 20_000}","address":"${addressOf(index)}","chain":"${CHAIN}"}\n`
  async function* body(): AsyncGenerator<string> {
    for (let start = 0; start < 100_000; start += 1_000) {
      yield Array.from({ length: 1_000 }, (_, index) => line(start + index)).join('')
    }
  }

  const post = request(url, { method: 'POST', headers: api.headers })
  const answered = once(post, 'response')
  await pipeline(Readable.from(body()), post)
  const [response] = await answered
  const report = JSON.parse(await text(response))

  expect(report).toMatchObject({ imported: 98_000, existing: 0, rejectedCount: 2_000 })
  expect(report.rejected).toHaveLength(1_000)
  expect(report.rejected[0].line).toBe(50)
  expect(report.rejected.at(-1).line).toBe(50_000)
  const [row] = await api.postgres.execute<{ addresses: number; owners: number }>(sql`
    select (select count(*)::int from wallets.addresses) as addresses,
      (select count(*)::int from wallets.owners) as owners`)
  expect(row).toEqual({ addresses: 98_000, owners: 19_600 })
})
