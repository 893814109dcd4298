import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CHAIN, type TestApi, testApi } from './testing/test-api.ts'

const seedChain = (
  { postgres }: TestApi,
  { checkpoint = 100, head = 104, headAge = 1, latched = null as string | null } = {},
) =>
  postgres.execute(sql`
    insert into deposits.chains (chain, start_number, head_number, head_seen_at,
      checkpoint_number, checkpoint_time, final_number, latched_reason)
    values (${CHAIN}, 0, ${head}, now() - make_interval(secs => ${headAge}), ${checkpoint},
      now() - interval '30 s', ${checkpoint - 5}, ${latched})
    on conflict (chain) do update set head_number = excluded.head_number,
      head_seen_at = excluded.head_seen_at, latched_reason = excluded.latched_reason`)

test('tells where each scan stands, before it began and behind the head', async () => {
  await using api = await testApi()

  const before = await api.get('/v1/chains')
  await seedChain(api)
  const after = await api.get('/v1/chains')

  const unknown = { head: null, final: null, checkpoint: null, lagBlocks: null, lagSeconds: null }
  const quiet = {
    ...{ latched: false, latchedReason: null, traceLagBlocks: 0, traceLagSeconds: 0 },
    ...{ auditedTo: null, gaps: 0, gapBlocks: 0 },
  }
  expect(before.body).toEqual({ items: [{ chain: CHAIN, ...unknown, ...quiet, headSeenAt: null }] })
  expect(after.body).toEqual({
    items: [
      {
        chain: CHAIN,
        head: 104,
        final: 95,
        checkpoint: 100,
        lagBlocks: 4,
        lagSeconds: expect.any(Number),
        ...quiet,
        headSeenAt: expect.stringMatching(/Z$/),
      },
    ],
  })
  expect(after.body.items[0].lagSeconds).toBeGreaterThanOrEqual(30)
})

test('a scan at the head has no lag, however old the last block is', async () => {
  await using api = await testApi()
  await seedChain(api, { head: 100 })

  const { body } = await api.get('/v1/chains')

  expect(body.items[0]).toMatchObject({ lagBlocks: 0, lagSeconds: 0 })
})

test('tells how far the calls that are read are behind the checkpoint', async () => {
  await using api = await testApi()
  await seedChain(api)
  await api.postgres.execute(sql`
    insert into deposits.blocks (chain, number, hash, parent_hash, time)
    select ${CHAIN}, number, decode(lpad(number::text, 64, '0'), 'hex'), decode('00', 'hex'),
      now() - make_interval(secs => 1000 * (101 - number))
    from generate_series(90, 100) as number`)
  await api.postgres.execute(sql`
    insert into deposits.gaps (chain, kind, from_block, to_block, reason, closed_at)
    values (${CHAIN}, 'traces', 98, 100, 'later', null), (${CHAIN}, 'audit', 91, 92, 'x', null),
      (${CHAIN}, 'traces', 90, 93, 'done', now())`)

  const { body } = await api.get('/v1/chains')

  expect(body.items[0].traceLagBlocks).toBe(3)
  expect(body.items[0].traceLagSeconds).toBeGreaterThanOrEqual(3_000)
  expect(body.items[0].traceLagSeconds).toBeLessThan(4_000)
})

test('is ready once chains are scanned, and not when one is stale or latched', async () => {
  await using api = await testApi()
  const ready = async () => {
    const { status, body } = await api.get('/ready')
    return { status, chain: body.checks[CHAIN], postgres: body.checks.postgres }
  }

  const unscanned = await ready()
  await seedChain(api)
  const scanned = await ready()
  await seedChain(api, { headAge: 90 })
  const stale = await ready()
  await seedChain(api, { latched: 'reorg of 70 blocks' })
  const latched = await ready()

  expect(unscanned).toEqual({ status: 503, chain: 'no block is scanned yet', postgres: 'answers' })
  expect([scanned.status, scanned.chain]).toEqual([
    200,
    expect.stringMatching(/^head 104 was seen \d+ s ago, checkpoint 100$/),
  ])
  expect([stale.status, stale.chain]).toEqual([503, expect.stringContaining('at most 60 s')])
  expect([latched.status, latched.chain]).toEqual([503, 'latched: reorg of 70 blocks'])
})

test('without PostgreSQL it is not ready, and requests are told to try again', async () => {
  const api = await testApi()
  await api.disconnect()

  const ready = await api.get('/ready')
  const chains = await api.get('/v1/chains')
  await api[Symbol.asyncDispose]()

  expect([ready.status, ready.body.checks]).toEqual([503, { postgres: 'does not answer' }])
  expect([chains.status, chains.body.code]).toEqual([503, 'UNAVAILABLE'])
})

test('takes a rescan of scanned blocks and tells how far it is', async () => {
  await using api = await testApi()
  await seedChain(api)

  const asked = await api.post('/v1/admin/rescans', { chain: CHAIN, fromBlock: 0, toBlock: 100 })
  const { id } = asked.body
  await api.postgres.execute(sql`
    update deposits.rescans set next_block = 101, status = 'done', found = 3, added = 1,
      republished = 2, finished_at = now()`)
  const done = await api.get(`/v1/admin/rescans/${id}`)

  expect(asked.status).toBe(202)
  expect(asked.body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    chain: CHAIN,
    fromBlock: 0,
    toBlock: 100,
    nextBlock: 0,
    status: 'pending',
    found: 0,
    added: 0,
    republished: 0,
    requestedAt: expect.stringMatching(/Z$/),
  })
  expect(done.body).toEqual({
    ...asked.body,
    nextBlock: 101,
    status: 'done',
    found: 3,
    added: 1,
    republished: 2,
    finishedAt: expect.stringMatching(/Z$/),
  })
})

test('refuses ranges that are inverted, too large or beyond the checkpoint', async () => {
  await using api = await testApi()
  const ask = async (fromBlock: unknown, toBlock: unknown, chain: string = CHAIN) => {
    const { status, body } = await api.post('/v1/admin/rescans', { chain, fromBlock, toBlock })
    return [status, body.code, body.detail]
  }

  const unscanned = await ask(0, 0)
  await seedChain(api, { checkpoint: 2_000_000, head: 2_000_000 })

  const refusal = (text: string) => [422, 'RESCAN_RANGE', expect.stringContaining(text)]
  expect(unscanned).toEqual(refusal('no block is scanned yet'))
  expect(await ask(5, 4)).toEqual(refusal('fromBlock must not be above toBlock'))
  expect(await ask(0, 1_000_000)).toEqual(refusal('1000001 blocks'))
  expect(await ask(1_999_999, 2_000_001)).toEqual(refusal('it is 2000000'))
  expect(await ask(1, 1_000_000)).toEqual([202, undefined, undefined])
  expect(await ask(0, 0, 'eip155:1')).toEqual([422, 'CHAIN_UNKNOWN', expect.any(String)])
  for (const height of [-1, 1.5, '1', null, 2 ** 53]) {
    expect(await ask(height, 10)).toEqual([400, 'REQUEST_INVALID', expect.any(String)])
  }
})

test('tells why a rescan was given up', async () => {
  await using api = await testApi()
  await seedChain(api)
  const asked = await api.post('/v1/admin/rescans', { chain: CHAIN, fromBlock: 0, toBlock: 100 })
  await api.postgres.execute(sql`
    update deposits.rescans set status = 'failed', reason = 'nobody knows type 0x55',
      next_block = 7, finished_at = now()`)

  const { body } = await api.get(`/v1/admin/rescans/${asked.body.id}`)

  expect(body).toMatchObject({ status: 'failed', reason: 'nobody knows type 0x55', nextBlock: 7 })
})

test('a rescan that is unknown is 404', async () => {
  await using api = await testApi()

  const unknown = await api.get('/v1/admin/rescans/019aa000-0000-7000-8000-000000000009')
  const malformed = await api.get('/v1/admin/rescans/9')

  expect([unknown.status, unknown.body.code]).toEqual([404, 'RESCAN_UNKNOWN'])
  expect(malformed.status).toBe(400)
})
