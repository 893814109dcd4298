import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CHAIN, NATIVE_ASSET, type TestApi, testApi } from './testing/test-api.ts'

const OWNER = '019aa000-0000-7000-8000-000000000001'
const TX = 'ab'.repeat(32)
const ID = `${CHAIN}:0x${TX}:value`
const PATH = `/v1/deposits/${encodeURIComponent(ID)}/trace`

/** What each part writes down of a deposit that a reorg took from block 9 to block 10. */
async function seedDeposit({ postgres }: TestApi): Promise<void> {
  await postgres.execute(sql`
    insert into deposits.blocks (chain, number, hash, parent_hash, time, scanned_at)
    values (${CHAIN}, 10, '\\x0a', '\\x09', '2026-01-02T03:00:00Z', '2026-01-02T03:00:00.120Z')`)
  await postgres.execute(sql`
    insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status, revision, seen_at, confirmed_at, credited_at)
    values (${CHAIN}, decode(${TX}, 'hex'), 'value', ${OWNER}, ${NATIVE_ASSET.id}, 5,
      '\\xaa', '\\xbb', 10, '\\x0a', '2026-01-02T03:00:00Z', 'credited', 2,
      '2026-01-02T03:00:00.120Z', '2026-01-02T03:00:24.100Z', '2026-01-02T03:00:24.250Z')`)
  await postgres.execute(sql`
    insert into ledger.transactions (id, reference, code, owner, event_at, recorded_at) values
      (1, ${ID}, 'deposit.credit', ${OWNER}, now(), '2026-01-02T02:50:00Z'),
      (2, ${`${ID}/reversal`}, 'deposit.reversal', ${OWNER}, now(), '2026-01-02T02:55:00Z'),
      (3, ${`${ID}#2`}, 'deposit.credit', ${OWNER}, now(), '2026-01-02T03:00:24.200Z'),
      (4, 'another', 'deposit.credit', ${OWNER}, now(), '2026-01-02T03:00:24.200Z')`)
  await postgres.execute(sql`
    insert into notifications.notifications (id, event_id, event_type, event_time, event_data,
      recipient, way, target, state, attempts, created_at, ended_at)
    values ('019aa000-0000-7000-8000-00000000000e', ${`${ID}#2`}, 'deposit.confirmed', now(), '{}',
      ${OWNER}, 'email', 'ann@example.com', 'sent', 1, '2026-01-02T03:00:24.300Z',
      '2026-01-02T03:00:24.900Z')`)
}

test('tells each step of a deposit in order, those too that a reorg took back', async () => {
  await using api = await testApi()
  await seedDeposit(api)

  const { status, body } = await api.get(PATH)

  expect(status).toBe(200)
  const steps = body.items.map(({ step, afterMs }: { step: string; afterMs: number }) => {
    return [step, afterMs]
  })
  expect(steps).toEqual([
    ['booked', -600_000],
    ['booked', -300_000],
    ['block_made', 0],
    ['deposit_seen', 120],
    ['block_stored', 120],
    ['deposit_final', 24_100],
    ['booked', 24_200],
    ['credited', 24_250],
    ['notification_made', 24_300],
    ['notification_sent', 24_900],
  ])
  expect(body.items.at(-1)).toEqual({
    step: 'notification_sent',
    at: '2026-01-02T03:00:24.900Z',
    afterMs: 24_900,
    process: 'notifications',
    subject: 'email of deposit.confirmed 019aa000-0000-7000-8000-00000000000e',
  })
  expect(body.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(JSON.stringify(body)).not.toContain('ann@example.com')
})

test('knows no trace of a deposit that is not there', async () => {
  await using api = await testApi()

  expect(await api.get(PATH)).toMatchObject({ status: 404, body: { code: 'DEPOSIT_UNKNOWN' } })
})
