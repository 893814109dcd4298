import type { Delivery } from '@coffer/messaging/ports'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkLedger } from '../adapters/check-ledger.ts'
import { postTransactions } from '../adapters/post-transactions.ts'
import { announcements } from '../testing/announcements.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { bookSomeOfAll, publishedLog, rebuild } from '../testing/rebuild-under-test.ts'
import { credit, end } from '../testing/small-ledger.ts'

/** Goal: the log is the ledger once more. Method: a ledger of everything, and what it published. */

let database: TestDatabase
let deliveries: Delivery[]

beforeEach(async () => {
  database = await ledgerDatabase()
  await bookSomeOfAll(database.postgres)
  deliveries = await publishedLog(database.postgres)
})
afterEach(() => database[Symbol.asyncDispose]())

const compare = (log: readonly Delivery[] = deliveries) =>
  rebuild({ postgres: database.postgres, deliveries: log })

test('a ledger is equal to its log, and nothing of the comparison stays', async () => {
  const report = await compare()

  expect(report).toMatchObject({
    isEqual: true,
    transactions: deliveries.length,
    repeats: 0,
    unpublished: 0,
    differences: [],
    problems: [],
  })
  const schemas = await database.postgres.execute(
    sql`select from information_schema.schemata where schema_name = 'ledger_rebuild'`,
  )
  expect(schemas).toEqual([])
})

test('what a relay repeated counts once', async () => {
  const repeated = deliveries.flatMap((each) => {
    const [before, after] = [2 * Number(each.offset), 2 * Number(each.offset) + 1]
    return [
      { ...each, offset: `${before}` },
      { ...each, offset: `${after}` },
    ]
  })

  const report = await compare(repeated)

  const { length } = deliveries
  expect(report).toMatchObject({ isEqual: true, transactions: length, repeats: length })
})

test('what was booked after the rebuild began is no difference', async () => {
  const { postgres } = database
  await postgres.transaction((tx) =>
    postTransactions(tx, [credit('later', 'dave', 5n), end('v2', 'h2', 'voided')]),
  )

  expect(await compare()).toMatchObject({ isEqual: true, unpublished: 2 })
})

const GARBLED = [
  { name: 'no JSON', change: { value: '{' }, says: /its value is not JSON/ },
  { name: 'another event', change: { headers: {} }, says: /headers ce_id, ce_type/ },
  {
    name: 'entries that do not sum to zero',
    edit: (value: string) => value.replace('"amount":"5"', '"amount":"6"'),
    says: /^its entries do not sum to zero$/,
  },
  {
    name: 'what no database can store',
    edit: (value: string) => value.replace('"code":"test"', '"code":"te\\u0000st"'),
    says: /^it holds text that cannot be stored$/,
  },
]

test.for(GARBLED)(
  'names a message of $name, and reads the others',
  async ({ change, edit, says }) => {
    const place = deliveries.findIndex(({ value }) => value.includes('"reference":"spend"'))
    const garbled = deliveries[place] as Delivery
    const value = edit ? edit(garbled.value) : garbled.value

    const report = await compare(deliveries.with(place, { ...garbled, value, ...change }))

    const { partition, offset } = garbled
    expect(report).toMatchObject({ isEqual: false, transactions: deliveries.length - 1 })
    expect(report.problems).toMatchObject([
      {
        subject: `partition ${partition}, offset ${offset}`,
        problem: expect.stringMatching(says),
      },
    ])
    expect(report.differences[0]?.problem).toBe('it is in the ledger and not in the log')
  },
)

test('names what a log lost at its beginning and in its midst', async () => {
  const { partition } = deliveries[0] as Delivery
  const lost = deliveries.filter(
    (each) => each.partition !== partition || !['0', '1', '4'].includes(each.offset),
  )

  const report = await compare(lost)

  expect(report.problems.map(({ problem }) => problem)).toEqual([
    'the log has nothing before offset 2',
    'the log has nothing from offset 4 to 4',
  ])
  expect(report.differences.slice(0, 3).map(({ problem }) => problem)).toEqual(
    Array(3).fill('it is in the ledger and not in the log'),
  )
})

test('names a transaction that the log has twice, and differently', async () => {
  const last = deliveries.at(-1) as Delivery
  const other = { ...last, value: last.value.replace('"code":"test"', '"code":"other"') }
  const again = { ...other, offset: `${Number(last.offset) + 1}` }

  const report = await compare([...deliveries, again])

  expect(report).toMatchObject({ isEqual: false, differences: [], repeats: 1 })
  expect(report.problems).toMatchObject(
    [{ problem: /^the log has it twice, and differently/ }].map(({ problem }) => ({
      problem: expect.stringMatching(problem),
    })),
  )
})

test('becomes the ledger of an empty database, which then goes on as the lost one', async () => {
  await using fresh = await ledgerDatabase()
  const { postgres } = fresh
  const balances = sql`select owner, code, asset, sum(credits_posted - debits_posted) as balance,
    sum(debits_pending) as held from ledger.accounts
    where version > 0 or debits_pending > 0 group by 1, 2, 3 order by 1, 2, 3`

  const report = await rebuild({ postgres, deliveries, putInPlace: true })

  expect(report).toMatchObject({ isEqual: true, unpublished: 0, transactions: deliveries.length })
  expect(await postgres.execute(balances)).toEqual(await database.postgres.execute(balances))
  expect(await checkLedger(postgres)).toEqual([])
  // Entries of one transaction are told in the order of their accounts' ids, which are others now.
  const values = (messages: { value: string }[]) =>
    messages
      .map(({ value }) =>
        value
          .replaceAll(/[[\]{}]|"(entries|hold|held|closes)":/g, '')
          .split(',')
          .sort()
          .join(),
      )
      .sort()
  const before = values(await announcements(database.postgres))
  const known = await postgres.transaction((tx) =>
    postTransactions(tx, [credit('c1', 'alice', 100n), end('v2', 'h2', 'voided')]),
  )
  expect(known.map(({ status }) => status)).toEqual(['exists', 'created'])
  expect(await checkLedger(postgres)).toEqual([])
  const after = values(await announcements(postgres))
  expect(after.filter((value) => before.includes(value))).toHaveLength(before.length)
  expect(await rebuild({ postgres, deliveries })).toMatchObject({ isEqual: true, unpublished: 1 })
})

test('refuses to become a ledger that is not empty, or of a log that lacks something', async () => {
  const { postgres } = database
  await using fresh = await ledgerDatabase()
  const lacking = deliveries.filter(({ value }) => !value.includes('"reference":"c1"'))

  const notEmpty = rebuild({ postgres, deliveries, putInPlace: true })
  await expect(notEmpty).rejects.toThrow('the ledger is not empty')
  const incomplete = rebuild({ postgres: fresh.postgres, deliveries: lacking, putInPlace: true })

  await expect(incomplete).rejects.toThrow(/the log has nothing from offset [0-9]+ to/)
  const found = await fresh.postgres.execute(sql`select from ledger.accounts`)
  expect(found).toEqual([])
})
