import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CHAIN, type TestApi, testApi } from './testing/test-api.ts'

test('lists what is owed of scanned blocks, newest first, in pages', async () => {
  await using api = await testApi()
  for (const height of [1, 2, 3]) await openGap(api, height)
  await api.postgres.execute(sql`
    update deposits.gaps set closed_at = now(), closed_by = 'work' where from_block = 2`)

  const all = await api.get('/v1/admin/gaps?limit=2')
  const rest = await api.get(`/v1/admin/gaps?limit=2&cursor=${all.body.nextCursor}`)
  const open = await api.get(`/v1/admin/gaps?open=true&chain=${CHAIN}`)
  const closed = await api.get('/v1/admin/gaps?open=false')
  const wrong = await api.get('/v1/admin/gaps?open=maybe')

  const heights = ({ body }: typeof all) =>
    body.items.map(({ fromBlock }: { fromBlock: number }) => fromBlock)
  expect([all, rest, open, closed].map(heights)).toEqual([[3, 2], [1], [3, 1], [2]])
  expect(rest.body.nextCursor).toBeNull()
  expect(wrong.status).toBe(400)
  expect(all.body.items[0]).toEqual({
    id: expect.any(Number),
    chain: CHAIN,
    kind: 'audit',
    fromBlock: 3,
    toBlock: 13,
    reason: 'it differs',
    openedAt: expect.stringMatching(/Z$/),
    attempts: 0,
  })
  expect(closed.body.items[0]).toMatchObject({ closedBy: 'work' })
})

test('tells of each chain how far its audit is and what is owed of it', async () => {
  await using api = await testApi()
  await api.postgres.execute(sql`
    insert into deposits.chains (chain, start_number, audited_number) values (${CHAIN}, 0, 41)`)
  await openGap(api, 1)
  await openGap(api, 2)

  const [chain] = (await api.get('/v1/chains')).body.items

  expect(chain).toMatchObject({ auditedTo: 41, gaps: 2, gapBlocks: 22 })
})

test('has the blocks of a gap read again, once it is open and known', async () => {
  await using api = await testApi()
  await api.postgres.execute(sql`
    insert into deposits.chains (chain, start_number, checkpoint_number) values (${CHAIN}, 0, 99)`)
  const id = await openGap(api, 5)

  const asked = await api.post(`/v1/admin/gaps/${id}/rescan`, {})
  await api.postgres.execute(sql`
    update deposits.gaps set closed_at = now(), closed_by = 'work'`)
  const again = await api.post(`/v1/admin/gaps/${id}/rescan`, {})
  const unknown = await api.post('/v1/admin/gaps/999/rescan', {})

  expect([asked.status, asked.body]).toMatchObject([202, { fromBlock: 5, toBlock: 15 }])
  const [rescan] = await api.postgres.execute(sql`select gap from deposits.rescans`)
  expect(Number(rescan?.['gap'])).toBe(id)
  expect([again.status, again.body.code]).toEqual([409, 'GAP_CLOSED'])
  expect([unknown.status, unknown.body.code]).toEqual([404, 'GAP_UNKNOWN'])
})

async function openGap({ postgres }: TestApi, from: number): Promise<number> {
  const [row] = await postgres.execute<{ id: string }>(sql`
    insert into deposits.gaps (chain, kind, from_block, to_block, reason)
    values (${CHAIN}, 'audit', ${from}, ${from + 10}, 'it differs') returning id`)
  return Number(row?.id)
}
