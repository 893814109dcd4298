import { trialBalance } from '@coffer/ledger/trial-balance'
import { expect, test } from 'vitest'
import { newCaller } from './testing/tenants.ts'
import { CHAIN, testApi } from './testing/test-api.ts'

const USD = 'sandbox:1/iso4217:USD'
const DIFFERENCES = '/v1/reconciliation/differences'
const STATEMENTS = '/v1/reconciliation/statements'
const HEADER = 'statementId,line,kind,id,reference,asset,amount,movedAt'
const row = (line: number | string, amount: string) =>
  `2026-11-20,${line},payment,ch_1,p1,${USD},${amount},2026-11-20T12:00:00Z`

test('a statement is imported, and what it has alone is settled by two persons', async () => {
  await using api = await testApi()
  const upload = (...rows: string[]) =>
    api.post(STATEMENTS, [HEADER, ...rows].join('\n'), 'text/csv')

  const imported = await upload(row(1, '100'))
  const listed = await api.get(`${DIFFERENCES}?status=open`)
  const [{ id }] = listed.body.items
  const ann = await newCaller(api, { role: 'operator', holder: 'Ann' })
  const annsOther = await newCaller(api, { role: 'admin', holder: 'ann' })
  const bob = await newCaller(api, { role: 'operator', holder: 'Bob' })
  const gift = { kind: 'write_off', reason: 'a gift' }
  const proposed = await ann.call('POST', `${DIFFERENCES}/${id}/adjustment`, gift)
  const { hash } = proposed.body
  const alone = await annsOther.call('POST', `${DIFFERENCES}/${id}/confirm`, { hash })
  const confirmed = await bob.call('POST', `${DIFFERENCES}/${id}/confirm`, { hash })
  const settled = await api.get(`${DIFFERENCES}/${id}`)
  const [sheet] = await trialBalance(api.postgres)

  expect([imported.status, imported.body]).toEqual([200, { lines: 1 }])
  expect(listed.body).toMatchObject({
    items: [
      {
        kind: 'missing_inside',
        place: 'sandbox',
        ours: null,
        theirs: { asset: USD, amount: '100' },
        suspended: true,
      },
    ],
    nextCursor: null,
  })
  expect([alone.status, alone.body.code]).toEqual([403, 'RECONCILIATION_SAME_PERSON'])
  expect([confirmed.status, confirmed.body.confirmedBy]).toEqual([200, 'Bob'])
  expect(settled.body).toMatchObject({ status: 'adjusted', adjustment: { hash } })
  expect(sheet?.byCode).toEqual({ 'channel.receivable': 100n, fees: -100n, suspense: 0n })
})

test('what is wrong with a statement is told by line, and nothing of it is imported', async () => {
  await using api = await testApi()
  const wrong = [HEADER, row(1, '1'), row('0', '2'), row(3, '-3'), row(1, '4')].join('\n')

  const refused = await api.post(STATEMENTS, wrong, 'text/csv')
  const nul = await api.post(
    STATEMENTS,
    [HEADER, row('1', '1').replace('p1', 'p\0')].join('\n'),
    'text/csv',
  )
  const torn = await api.post(STATEMENTS, `${HEADER}\n"a`, 'text/csv')
  const other = await api.post(STATEMENTS, 'a,b\n1,2', 'text/csv')
  const unknown = await api.post(`${STATEMENTS}?channel=paypal`, wrong, 'text/csv')

  expect([refused, nul, torn, other].map(({ status }) => status)).toEqual([422, 422, 422, 422])
  expect([unknown.status, nul.body.detail]).toEqual([422, expect.stringContaining('reference: ')])
  expect(refused.body.detail).toMatch(/Line 3: line: .* Line 4: amount: .* Line 5: .* line 2 once/)
  expect(other.body.detail).toContain('its columns are a,b')
  expect((await api.get(DIFFERENCES)).body.items).toEqual([])
})

test('a run is asked for, and can be looked at', async () => {
  await using api = await testApi()
  const ask = (body: object) => api.post('/v1/reconciliation/runs', body)

  const asked = await ask({ scope: 'chain', chain: CHAIN })
  const unknown = await ask({ scope: 'chain', chain: 'eip155:5' })
  const found = await api.get(`/v1/reconciliation/runs/${asked.body.id}`)

  expect([asked.status, asked.body]).toMatchObject([202, { place: CHAIN, status: 'running' }])
  expect([unknown.status, unknown.body.code]).toEqual([422, 'RECONCILIATION_PLACE_UNKNOWN'])
  expect(found.body).toEqual(asked.body)
})
