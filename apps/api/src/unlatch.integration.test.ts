import type { ChainNodes } from '@coffer/deposits/chain-nodes'
import { blockHash } from '@coffer/evm/hash'
import { type Logger, silentLogger } from '@coffer/telemetry/logger'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CHAIN, NATIVE_ASSET, type TestApi, testApi } from './testing/test-api.ts'

const UNLATCH = `/v1/admin/chains/${CHAIN}/unlatch`
const OWNER = '019aa000-0000-7000-8000-000000000001'

test('a dry run says what lifting a latch would do, and doing it does just that', async () => {
  const told: object[] = []
  await using api = await latchedApi({ forkAt: 8, logger: loggerTo(told) })

  const plan = await api.post(UNLATCH, { dryRun: true })
  const [between] = (await api.get('/v1/chains')).body.items
  const keeps = plan.body.keeps.hash
  const refused = await api.post(UNLATCH, { dryRun: false, keeps: hashAt(3) })
  const done = await api.post(UNLATCH, { dryRun: false, keeps })
  const again = await api.post(UNLATCH, { dryRun: false, keeps })
  const [after] = (await api.get('/v1/chains')).body.items

  expect(plan.status).toBe(200)
  expect(plan.body).toEqual({
    chain: CHAIN,
    done: false,
    reason: 'too deep',
    checkpoint: { number: 10, hash: hashAt(10) },
    final: 9,
    head: { number: 12, hash: hashAt(12, 'b') },
    keeps: { number: 7, hash: hashAt(7) },
    blocks: 3,
    belowFinal: true,
    reversed: 1,
    deposits: [
      {
        id: `${CHAIN}:${hashAt(9, 'c')}:value`,
        owner: OWNER,
        asset: NATIVE_ASSET.id,
        amount: '7',
        status: 'credited',
        blockNumber: 9,
      },
    ],
  })
  expect(between).toMatchObject({ checkpoint: 10, latched: true })
  expect([refused.status, refused.body.code]).toEqual([409, 'UNLATCH_MOVED'])
  expect(refused.body.detail).toContain(`7 (${hashAt(7)})`)
  expect([done.status, done.body]).toEqual([200, { ...plan.body, done: true }])
  expect(after).toMatchObject({ checkpoint: 7, final: 7, latched: false })
  expect([again.status, again.body.code]).toEqual([409, 'CHAIN_NOT_LATCHED'])
  expect(told).toEqual([
    { chain: CHAIN, reason: 'too deep', from: 10n, keeps: 7n, ...taken(3n, true), reversed: 1 },
  ])
})

test('a latch is lifted at no cost when the node has what is stored', async () => {
  await using api = await latchedApi({ forkAt: 13 })

  const { body } = await api.post(UNLATCH, { dryRun: false, keeps: hashAt(10) })

  expect(body).toMatchObject({ done: true, blocks: 0, belowFinal: false, reversed: 0 })
  const [chain] = (await api.get('/v1/chains')).body.items
  expect(chain).toMatchObject({ checkpoint: 10, final: 9, latched: false })
})

test('a request that does not say what it wants done is refused', async () => {
  await using api = await latchedApi({ forkAt: 8 })
  const refusals = [{}, { dryRun: false }, { dryRun: true, keeps: null }, { dryRun: 'no' }]

  for (const body of [...refusals, { dryRun: false, keeps: '0x12' }]) {
    expect(await api.post(UNLATCH, body)).toMatchObject({ status: 400 })
  }
  const other = await api.post('/v1/admin/chains/eip155:1/unlatch', { dryRun: true })
  expect([other.status, other.body.code]).toEqual([422, 'CHAIN_UNKNOWN'])
  const [chain] = (await api.get('/v1/chains')).body.items
  expect(chain).toMatchObject({ latched: true })
})

const taken = (blocks: bigint, isBelowFinal: boolean) => ({ blocks, isBelowFinal })

const hashAt = (height: number, branch = 'a') =>
  blockHash(`0x${branch.repeat(60)}${height.toString().padStart(4, '0')}`)

/** A node of 12 blocks, which are others than ours from `forkAt` on. */
const nodeFrom = (forkAt: number): ChainNodes['nodeOf'] => {
  const headerAt = async (height: bigint) => ({
    number: height,
    hash: hashAt(Number(height), Number(height) < forkAt ? 'a' : 'b'),
    parentHash: hashAt(0),
    time: new Date(0),
  })
  return () => ({ headerAt, head: async () => ({ ...(await headerAt(12n)), tagged: {} }) })
}

/** Blocks 0 to 10 are stored, and a deposit in block 9 is credited. */
async function latchedApi(options: { forkAt: number; logger?: Logger }): Promise<TestApi> {
  const { forkAt, logger = silentLogger } = options
  const api = await testApi({ nodeOf: nodeFrom(forkAt), logger })
  const hexAt = (height: number, branch?: string) => hashAt(height, branch).slice(2)
  await api.postgres.execute(sql`
    insert into deposits.chains (chain, start_number, checkpoint_number, checkpoint_hash,
      checkpoint_time, final_number, latched_reason)
    values (${CHAIN}, 0, 10, decode(${hexAt(10)}, 'hex'), now(), 9, 'too deep')`)
  for (let height = 0; height <= 10; height++) {
    await api.postgres.execute(sql`
      insert into deposits.blocks (chain, number, hash, parent_hash, time)
      values (${CHAIN}, ${height}, decode(${hexAt(height)}, 'hex'), ''::bytea, now())`)
  }
  await api.postgres.execute(sql`
    insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status, revision)
    values (${CHAIN}, decode(${hexAt(9, 'c')}, 'hex'), 'value', ${OWNER}, ${NATIVE_ASSET.id}, 7,
      decode(${'aa'.repeat(20)}, 'hex'), decode(${'bb'.repeat(20)}, 'hex'), 9,
      decode(${hexAt(9)}, 'hex'), now(), 'credited', 1)`)
  return api
}

const loggerTo = (told: object[]): Logger => {
  const logger: Logger = { ...silentLogger, warn: (fields) => told.push(fields) }
  return { ...logger, child: () => logger }
}
