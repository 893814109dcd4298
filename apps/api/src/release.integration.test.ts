import type { Logger } from '@coffer/telemetry/logger'
import { silentLogger } from '@coffer/telemetry/logger'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CHAIN, NATIVE_ASSET, type TestApi, testApi } from './testing/test-api.ts'

const OWNER = '019aa000-0000-7000-8000-000000000001'
const HASH = 'cd'.repeat(32)
const ID = `${CHAIN}:0x${HASH}:value`
const RELEASE = `/v1/admin/deposits/${encodeURIComponent(ID)}/release`

test('an operator releases a deposit once, and its confirmation is owed to the owner', async () => {
  const told: object[] = []
  const warn = (facts: object) => told.push(facts)
  const logger = { ...silentLogger, warn, child: () => logger } as unknown as Logger
  await using api = await testApi({ logger })
  await suspendedDeposit(api)

  const released = await api.post(RELEASE, { reason: ' ticket 7 ' })
  const again = await api.post(RELEASE, { reason: 'ticket 7' })

  expect([released.status, released.body]).toMatchObject([200, { id: ID, status: 'final' }])
  expect(released.body).not.toHaveProperty('reason')
  expect([again.status, again.body.code]).toEqual([409, 'DEPOSIT_NOT_RELEASABLE'])
  expect(await outbox(api)).toEqual([
    ['deposit.reversed', `${ID}/reversal`, { revision: 1, reason: 'released', suspended: true }],
    ['deposit.confirmed', `${ID}#2`, { revision: 2 }],
  ])
  expect(await kept(api)).toEqual([
    { revision: 2, withheld_reason: 'below_minimum', reason: 'ticket 7' },
  ])
  expect(told).toEqual([
    { chain: CHAIN, deposit: ID, withheld: 'below_minimum', reason: 'ticket 7' },
  ])
})

test('a release of what is unknown, or without a reason, is refused', async () => {
  await using api = await testApi()
  await suspendedDeposit(api)

  const unknown = await api.post(RELEASE.replace('cd', 'ce'), { reason: 'ticket 7' })
  const foreign = await api.post(RELEASE.replace('31337', '1'), { reason: 'ticket 7' })
  const answers = [{}, { reason: ' ' }, { reason: 'x'.repeat(501) }].map((body) =>
    api.post(RELEASE, body),
  )

  expect([unknown.status, unknown.body.code]).toEqual([404, 'DEPOSIT_UNKNOWN'])
  expect([foreign.status, foreign.body.code]).toEqual([422, 'CHAIN_UNKNOWN'])
  for (const { status } of await Promise.all(answers)) expect(status).toBe(400)
  expect(await outbox(api)).toEqual([])
})

async function suspendedDeposit({ postgres }: TestApi): Promise<void> {
  await postgres.execute(sql`
    insert into deposits.chains (chain, start_number, checkpoint_number, final_number)
    values (${CHAIN}, 0, 12, 10)`)
  await postgres.execute(sql`
    insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status, reason, revision, confirmed_at)
    values (${CHAIN}, decode(${HASH}, 'hex'), 'value', ${OWNER}, ${NATIVE_ASSET.id}, 7,
      decode(${'aa'.repeat(20)}, 'hex'), decode(${'bb'.repeat(20)}, 'hex'), 10,
      decode(${HASH}, 'hex'), now(), 'rejected', 'below_minimum', 1, now())`)
}

async function outbox({ postgres }: TestApi) {
  const rows = await postgres.execute<{ headers: Record<string, string>; value: string }>(sql`
    select headers, value from messaging.outbox order by id`)
  return rows.map((row) => {
    const { ce_type: type, ce_id: id } = row.headers
    const { revision, reason, suspended } = JSON.parse(row.value)
    return [type, id, { revision, ...(reason ? { reason, suspended } : {}) }]
  })
}

const kept = ({ postgres }: TestApi) =>
  postgres.execute(sql`select revision, withheld_reason, reason from deposits.releases`)
