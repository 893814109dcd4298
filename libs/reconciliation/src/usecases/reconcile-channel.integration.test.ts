import { afterEach, beforeEach, expect, test } from 'vitest'
import { postgresAdjustments } from '../adapters/postgres-adjustments.ts'
import { postgresDifferences } from '../adapters/postgres-differences.ts'
import { openDifferences, runAges, statementAges } from '../adapters/reconciliation-metrics.ts'
import { readStatementCsv } from '../statement-csv.ts'
import {
  EUR,
  MOVED_AT,
  type ReconciliationDatabase,
  RULES,
  reconciliationDatabase,
  USD,
} from '../testing/reconciliation-database.ts'
import { confirmAdjustment } from './confirm-adjustment.ts'
import { continueRun } from './continue-run.ts'
import { importStatement } from './import-statement.ts'
import { proposeAdjustment } from './propose-adjustment.ts'
import { reconcileChannel } from './reconcile-channel.ts'
import { requestRun } from './request-run.ts'

const DAY = '2026-11-20'
const later = (hours: number) => new Date(MOVED_AT.getTime() + hours * 3_600_000)

let database: ReconciliationDatabase

beforeEach(async () => {
  database = await reconciliationDatabase()
})
afterEach(() => database[Symbol.asyncDispose]())

test('what both sides say is matched, whichever comes first and however often', async () => {
  const { book, tell, line, open } = database
  const [first, second] = [
    await book({ reference: 'charge:p1:succeeded', amount: 100n }),
    await book({ reference: 'refund:r1:succeeded', amount: -30n }),
  ]

  await tell(first, first)
  await line({ reference: 'p1', amount: '100' })
  await line({ line: 2, reference: 'r1', kind: 'refund', amount: '30' })
  await line({ line: 2, reference: 'r1', kind: 'refund', amount: '30' })
  expect([await tell(first), await tell(second)]).toEqual([0, 1])
  await run(DAY)

  expect(await open()).toEqual([])
})

test('one side alone is no difference until the other had time to tell', async () => {
  const { book, tell, line, open, setNow } = database
  await tell(await book({ reference: 'charge:p1:succeeded', amount: 100n }))
  await line({ reference: 'p2', amount: '70' })
  await run()
  const before = await open()

  setNow(later(25))
  await run()
  const withoutStatement = await open()
  await line({ statementId: '2026-11-21', reference: 'p3', movedAt: later(24).toISOString() })
  setNow(later(27))
  await run()

  expect(before).toEqual([])
  // Nobody has told of the day after, so the statement may still come.
  expect(withoutStatement).toEqual(['missing_inside: payment sandbox p2 in 2026-11-20#1'])
  expect(await open()).toEqual([
    'missing_inside: payment sandbox p2 in 2026-11-20#1',
    'missing_outside: payment sandbox p1 of charge:p1:succeeded',
  ])
})

test('each kind of difference is named when a day is reconciled, and no other', async () => {
  const { book, tell, line, open } = database
  await tell(
    await book({ reference: 'charge:same:succeeded', amount: 10n }),
    await book({ reference: 'charge:gone:succeeded', amount: 20n }),
    await book({ reference: 'charge:off:succeeded', amount: 30n }),
    await book({ reference: 'charge:currency:succeeded', amount: 40n }),
    await book({ reference: 'charge:twice:succeeded', amount: 50n }),
    await book({ reference: 'charge:again:succeeded', amount: 60n }),
    await book({ reference: 'charge:again:succeeded#2', amount: 60n }),
    await book({ reference: 'refund:unknown:succeeded', amount: -5n }),
  )
  const lines = [
    { reference: 'same', amount: '10' },
    { reference: 'off', amount: '31' },
    { reference: 'currency', amount: '40', asset: EUR },
    { reference: 'twice', amount: '50' },
    { reference: 'twice', amount: '50' },
    { reference: 'again', amount: '60' },
    { reference: 'added', amount: '7' },
    { reference: 'same', kind: 'chargeback' as const, amount: '3' },
  ]
  for (const [place, facts] of lines.entries()) await line({ line: place + 1, ...facts })

  await run(DAY)

  expect(await open()).toEqual([
    'amount_differs: payment sandbox off of charge:off:succeeded in 2026-11-20#2',
    'asset_differs: payment sandbox currency of charge:currency:succeeded in 2026-11-20#3',
    'duplicate_booking: payment sandbox again of charge:again:succeeded#2',
    'duplicate_line: payment sandbox twice in 2026-11-20#5',
    'missing_inside: chargeback sandbox same in 2026-11-20#8',
    'missing_inside: payment sandbox added in 2026-11-20#7',
    'missing_outside: payment sandbox gone of charge:gone:succeeded',
    'missing_outside: refund sandbox unknown of refund:unknown:succeeded',
  ])
  const missing = (await differences()).filter(({ kind }) => kind === 'missing_inside')
  expect(missing.map(({ detail }) => detail).toSorted()).toEqual([
    'Our books have nothing under this reference.',
    `Under this reference our books have a payment of 10 ${USD} (charge:same:succeeded).`,
  ])
})

test('more than we know of goes to suspense at once, and comes back when we know', async () => {
  const { book, tell, line, open, balance } = database
  await line({ reference: 'p1', amount: '100' })
  await run(DAY)
  const suspended = [await balance('channel.receivable'), await balance('suspense')]

  await tell(await book({ reference: 'charge:p1:succeeded', amount: 100n }))

  expect(suspended).toEqual([100n, -100n])
  expect(await open()).toEqual([])
  expect([await balance('channel.receivable'), await balance('suspense')]).toEqual([100n, 0n])
  const [explained] = await differences()
  expect(explained).toMatchObject({ kind: 'missing_inside', status: 'explained' })
})

test('what is missing is given up by the word of two, and then stays settled', async () => {
  const { book, tell, open, balance } = database
  await tell(await book({ reference: 'charge:p1:succeeded', amount: 100n }))
  await run(DAY)
  const [{ id: differenceId } = { id: '' }] = await differences()
  expect(await balance('channel.receivable')).toBe(100n)

  const suspend = await propose({ differenceId, kind: 'suspend', reason: 'asked them', by: 'Ann' })
  await expect(confirm({ differenceId, by: ' ann', hash: suspend.hash })).rejects.toMatchObject({
    code: 'RECONCILIATION_SAME_PERSON',
  })
  await confirm({ differenceId, by: 'Bob', hash: suspend.hash })
  expect([await balance('channel.receivable'), await balance('suspense')]).toEqual([0n, 100n])
  expect(await open()).toHaveLength(1)

  const first = await propose({ differenceId, kind: 'accept', reason: 'it is right', by: 'Ann' })
  const lost = await propose({ differenceId, kind: 'write_off', reason: 'it is lost', by: 'Ann' })
  await expect(confirm({ differenceId, by: 'Bob', hash: first.hash })).rejects.toMatchObject({
    code: 'RECONCILIATION_PROPOSAL_CHANGED',
  })
  await confirm({ differenceId, by: 'Bob', hash: lost.hash })
  await run(DAY)

  expect([await balance('suspense'), await balance('fees')]).toEqual([0n, 0n])
  expect(await open()).toEqual([])
  const again = confirm({ differenceId, by: 'Bob', hash: lost.hash })
  await expect(again).rejects.toMatchObject({ code: 'RECONCILIATION_DIFFERENCE_CLOSED' })
})

test('what comes right by itself after two have settled it is told of', async () => {
  const { book, tell, line, open } = database
  await line({ reference: 'p1', amount: '100' })
  await run(DAY)
  const [{ id: differenceId } = { id: '' }] = await differences()
  const gift = await propose({ differenceId, kind: 'write_off', reason: 'a gift', by: 'Ann' })
  await confirm({ differenceId, by: 'Bob', hash: gift.hash })

  await tell(await book({ reference: 'charge:p1:succeeded', amount: 100n }))

  expect(await open()).toEqual([`adjustment_outdated: difference ${differenceId}`])
})

test('a statement is imported whole or not at all, and once', async () => {
  const { open, balance } = database
  const text = (...rows: string[]) =>
    ['statementId,line,kind,id,reference,asset,amount,movedAt', ...rows].join('\n')
  const row = (line: number, amount: string) =>
    `${DAY},${line},payment,ch_${line},p${line},${USD},${amount},2026-11-20T12:00:00Z`
  const take = async (csv: string) =>
    await importStatement({ rooms: database.rooms, rules: RULES, now: database.now })(
      readStatementCsv('sandbox', csv),
    )

  await take(text(row(1, '10'), row(2, '20')))
  await take(text(row(1, '10'), row(2, '20')))
  await expect(take(text(row(3, '30'), row(2, '21')))).rejects.toThrow(
    '2026-11-20#2 says payment p2 sandbox:1/iso4217:USD 21, and it was recorded as payment p2',
  )
  await run(DAY)

  expect(await open()).toHaveLength(2)
  expect(await balance('suspense')).toBe(-30n)
})

test('what is open, how old runs are and what waits for a statement is measured', async () => {
  const { book, tell, line, postgres } = database
  await tell(await book({ reference: 'charge:p1:succeeded', amount: 100n }))
  const waiting = await statementAges(postgres)
  await line({ reference: 'p2' })
  await run(DAY)

  expect(waiting).toEqual([{ channel: 'sandbox', seconds: expect.any(Number) }])
  expect(await openDifferences(postgres)).toHaveLength(2)
  expect(await runAges(postgres)).toMatchObject([{ scope: 'channel', place: 'sandbox' }])
})

test('a run of many pages is gone on with where it was left, and two at once do it once', async () => {
  const { line, runs } = database
  for (let each = 1; each <= 5; each += 1) await line({ line: each, reference: `p${each}` })
  const step = reconcileChannel({ ...database, rules: RULES, pageSize: 2 })
  const { id } = await ask(DAY)
  const begun = await runs.find(id)
  if (begun === undefined) throw new Error('There is no run.')
  await step(begun)

  expect(await step(begun)).toBe(undefined)
  const both = continueRun({ runs, steps: { channel: step, chain: step }, now: database.now })
  await Promise.all([both(id), both(id)])

  expect(await runs.find(id)).toMatchObject({
    status: 'done',
    counts: { checked: 5, opened: 5, explained: 0 },
  })
})

const differences = () =>
  postgresDifferences(database.postgres).list({}, { before: undefined, limit: 100 })

const propose = (request: Parameters<ReturnType<typeof proposeAdjustment>>[0]) =>
  proposeAdjustment({ rooms: postgresAdjustments(database.postgres), now: database.now })(request)

const confirm = (request: Parameters<ReturnType<typeof confirmAdjustment>>[0]) =>
  confirmAdjustment({
    ...{ rooms: postgresAdjustments(database.postgres), now: database.now },
    isSecondPerson: async () => true,
  })(request)

const ask = (day?: string) =>
  requestRun({
    runs: database.runs,
    places: { channel: ['sandbox'], chain: [] },
    now: database.now,
  })({ scope: 'channel', place: 'sandbox', day })

async function run(day?: string): Promise<void> {
  const { id } = await ask(day)
  const step = reconcileChannel({ ...database, rules: RULES })
  const steps = { channel: step, chain: step }
  await continueRun({ runs: database.runs, steps, now: database.now })(id)
}
