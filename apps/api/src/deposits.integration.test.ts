import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CHAIN, NATIVE_ASSET, type TestApi, TOKEN_ASSET, testApi } from './testing/test-api.ts'

const OWNER = '019aa000-0000-7000-8000-000000000001'
const OTHER = '019aa000-0000-7000-8000-000000000002'

const hash = (seed: number): string => seed.toString(16).padStart(64, '0')

type Seed = {
  seed: number
  owner?: string
  asset?: string
  amount?: bigint
  status?: string
  blockNumber?: number
  position?: string
}

/** Puts a deposit where the scanner would. */
async function seedDeposit({ postgres }: TestApi, deposit: Seed): Promise<void> {
  const { seed, owner = OWNER, asset = NATIVE_ASSET.id, amount = 1n, status = 'seen' } = deposit
  const { blockNumber = 10, position = 'value' } = deposit
  await postgres.execute(sql`
    insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status, reason, seen_at, credited_at)
    values (${CHAIN}, decode(${hash(seed)}, 'hex'), ${position}, ${owner}, ${asset},
      ${amount.toString()}, decode(${'AA'.repeat(20)}, 'hex'), decode(${'bb'.repeat(20)}, 'hex'),
      ${blockNumber}, decode(${hash(blockNumber)}, 'hex'), now(), ${status},
      ${status === 'orphaned' ? 'reorg' : null}, '2026-01-02T03:04:05.678Z',
      ${status === 'credited' ? '2026-01-02T03:05:00Z' : null})`)
}

const seedChain = ({ postgres }: TestApi, checkpoint: number) =>
  postgres.execute(sql`
    insert into deposits.chains (chain, start_number, head_number, head_seen_at,
      checkpoint_number, checkpoint_time, final_number)
    values (${CHAIN}, 0, ${checkpoint + 3}, now(), ${checkpoint}, now() - interval '30 s',
      ${checkpoint - 5})`)

test('answers one deposit in full by its id, encoded or not', async () => {
  await using api = await testApi()
  await seedChain(api, 21)
  const amount = 2n ** 256n - 1n
  const position = 'log:3'
  await seedDeposit(api, { seed: 1, asset: TOKEN_ASSET.id, amount, status: 'credited', position })
  const id = `${CHAIN}:0x${hash(1)}:log:3`

  const encoded = await api.get(`/v1/deposits/${encodeURIComponent(id)}`)
  const plain = await api.get(`/v1/deposits/${id.toUpperCase().replace('LOG', 'log')}`)

  expect(encoded).toMatchObject({ status: 200 })
  expect(encoded.body).toEqual({
    id,
    owner: OWNER,
    chain: CHAIN,
    asset: TOKEN_ASSET.id,
    symbol: 'USDC',
    amount: amount.toString(),
    display: '115792089237316195423570985008687907853269984665640564039457584007913129.639935',
    from: `0x${'aa'.repeat(20)}`,
    to: `0x${'bb'.repeat(20)}`,
    txHash: `0x${hash(1)}`,
    position: 'log:3',
    blockNumber: 10,
    blockHash: `0x${hash(10)}`,
    confirmations: 12,
    status: 'credited',
    seenAt: '2026-01-02T03:04:05.678Z',
    creditedAt: '2026-01-02T03:05:00.000Z',
  })
  expect(plain.body).toEqual(encoded.body)
})

test('an orphaned deposit says why and has no confirmations', async () => {
  await using api = await testApi()
  await seedChain(api, 21)
  await seedDeposit(api, { seed: 1, status: 'orphaned' })

  const { body } = await api.get(`/v1/deposits/${CHAIN}:0x${hash(1)}:value`)

  expect(body).toMatchObject({ status: 'orphaned', reason: 'reorg', confirmations: 0 })
  expect(body).not.toHaveProperty('creditedAt')
})

test('a deposit that is unknown is 404, an id that is none is 400', async () => {
  await using api = await testApi()
  const answer = async (id: string) => {
    const { status, body } = await api.get(`/v1/deposits/${encodeURIComponent(id)}`)
    return [status, body.code]
  }

  expect(await answer(`${CHAIN}:0x${hash(9)}:log:0`)).toEqual([404, 'DEPOSIT_UNKNOWN'])
  expect(await answer(`${CHAIN}:0x${hash(9)}:trace:0_1_2`)).toEqual([404, 'DEPOSIT_UNKNOWN'])
  expect(await answer(`${CHAIN}:0x${hash(9)}`)).toEqual([400, 'REQUEST_INVALID'])
  expect(await answer(`eip155:0:0x${hash(9)}:value`)).toEqual([400, 'REQUEST_INVALID'])
  expect(await answer(`${CHAIN}:0x12:value\u0000`)).toEqual([400, 'REQUEST_INVALID'])
})

test('lists newest first and pages stably while deposits arrive', async () => {
  await using api = await testApi()
  for (let seed = 1; seed <= 5; seed += 1) await seedDeposit(api, { seed })
  const hashes = ({ body }: Awaited<ReturnType<TestApi['get']>>): string[] =>
    body.items.map(({ txHash }: { txHash: string }) => txHash)

  const first = await api.get('/v1/deposits?limit=2')
  await seedDeposit(api, { seed: 6 })
  const second = await api.get(`/v1/deposits?limit=2&cursor=${first.body.nextCursor}`)
  const third = await api.get(`/v1/deposits?limit=2&cursor=${second.body.nextCursor}`)

  expect([...hashes(first), ...hashes(second), ...hashes(third)]).toEqual(
    [5, 4, 3, 2, 1].map((seed) => `0x${hash(seed)}`),
  )
  expect(third.body.nextCursor).toBeNull()
  expect((await api.get('/v1/deposits?limit=5')).body.nextCursor).not.toBeNull()
  expect((await api.get('/v1/deposits?limit=6')).body.nextCursor).toBeNull()
})

test('filters by owner, status, reason, chain and asset', async () => {
  await using api = await testApi()
  const user = (await api.post('/v1/users', { externalId: 'me & you' })).body.id
  await seedDeposit(api, { seed: 1, owner: user })
  await seedDeposit(api, { seed: 2, owner: user, asset: TOKEN_ASSET.id, status: 'final' })
  await seedDeposit(api, { seed: 3, owner: OTHER, status: 'final' })
  const count = async (query: Record<string, string>): Promise<number> =>
    (await api.get(`/v1/deposits?${new URLSearchParams(query)}`)).body.items.length

  expect(await count({})).toBe(3)
  expect(await count({ owner: user })).toBe(2)
  expect(await count({ owner: 'me & you' })).toBe(2)
  expect(await count({ owner: 'nobody' })).toBe(0)
  expect(await count({ owner: OTHER })).toBe(0)
  expect(await count({ status: 'final' })).toBe(2)
  expect(
    await count({
      asset: TOKEN_ASSET.id.toUpperCase().replace(/EIP|ERC|X/g, (text) => text.toLowerCase()),
    }),
  ).toBe(1)
  expect(await count({ owner: user, status: 'final', asset: TOKEN_ASSET.id, chain: CHAIN })).toBe(1)
  expect(await count({ chain: 'eip155:1' })).toBe(0)
  await seedDeposit(api, { seed: 4, status: 'orphaned' })
  expect(await count({ reason: 'reorg' })).toBe(1)
  expect(await count({ reason: 'below_minimum' })).toBe(0)
})

test('finds what one transaction paid, and what came to one address of ours', async () => {
  await using api = await testApi()
  await seedChain(api, 21)
  const { body: user } = await api.post('/v1/users', {})
  const made = await api.post(`/v1/users/${user.id}/addresses`, { chain: CHAIN })
  const { address } = made.body
  await seedDeposit(api, { seed: 1, position: 'log:0' })
  await seedDeposit(api, { seed: 1, position: 'log:1', owner: OTHER })
  await seedDeposit(api, { seed: 2, owner: user.id })
  await seedDeposit(api, { seed: 3, owner: user.id })
  await api.postgres.execute(sql`
    update deposits.deposits set "to" = decode(${address.slice(2)}, 'hex')
    where tx_hash = decode(${hash(3)}, 'hex')`)
  const positions = async (query: string) => {
    const { body } = await api.get(`/v1/deposits?${query}`)
    return body.items.map((each: { txHash: string; position: string }) => {
      return `${Number.parseInt(each.txHash, 16)} ${each.position}`
    })
  }

  expect(await positions(`txHash=0x${hash(1).toUpperCase()}`)).toEqual(['1 log:1', '1 log:0'])
  expect(await positions(`txHash=0x${hash(9)}`)).toEqual([])
  expect(await positions(`to=${address}`)).toEqual(['3 value'])
  expect((await api.get('/v1/deposits?txHash=0x12')).status).toBe(400)
})

test('refuses queries that cannot be meant', async () => {
  await using api = await testApi()
  const refused = [
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=x',
    'cursor=x',
    'cursor=',
    'status=lost',
    'reason=',
    'reason=%00',
    'chain=1',
    'asset=ETH',
    'owner=',
    'owner=%00',
    'oner=x',
    'status=seen&status=final',
  ]

  for (const query of refused) {
    const { status, type } = await api.get(`/v1/deposits?${query}`)

    expect([query, status, type]).toEqual([query, 400, 'application/problem+json'])
  }
  expect((await api.get('/v1/deposits?cursor=x')).body.code).toBe('CURSOR_INVALID')
})
