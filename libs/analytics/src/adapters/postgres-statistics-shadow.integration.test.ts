import { readEvent } from '@coffer/events/event'
import type { Delivery } from '@coffer/messaging/ports'
import { memoryLog } from '@coffer/messaging/testing/memory-log'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { COUNTED_TOPICS } from '../events.ts'
import { analyticsDatabase } from '../testing/analytics-database.ts'
import { sampleHistory } from '../testing/sample-history.ts'
import { countEvents } from '../usecases/count-events.ts'
import { rebuildStatistics } from '../usecases/rebuild-statistics.ts'
import { postgresStatistics } from './postgres-statistics.ts'
import { postgresStatisticsShadow } from './postgres-statistics-shadow.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await analyticsDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const history = sampleHistory(6)
const NOUNS = new Set(history.map(({ headers }) => headers['ce_id'])).size

beforeEach(async () => {
  const { postgres } = database
  await postgres.execute(sql`truncate analytics.facts, analytics.totals, analytics.merchants`)
  const count = countEvents(postgresStatistics(postgres))
  // In use they came late, and some of them twice.
  const events = history.toReversed().map(readEvent)
  await count(events.slice(0, 40))
  await count(events.slice(30))
})

const deliveries = history.map(
  (message, place): Delivery => ({ ...message, partition: place % 2, offset: `${place}` }),
)

const rebuilt = (held: readonly Delivery[] = deliveries) =>
  rebuildStatistics({
    log: memoryLog({ deliveries: held, atOnce: 7 }),
    topics: COUNTED_TOPICS,
    shadow: postgresStatisticsShadow(database.postgres),
  })()

test('what is counted from the log is what is in use, and leaves nothing behind', async () => {
  const { differences, nouns } = await rebuilt()

  expect(differences).toEqual([])
  expect(nouns).toBeGreaterThan(30)
  expect(nouns).toBeLessThan(NOUNS)
  const [left] = await database.postgres.execute<{ schemas: string }>(
    sql`select count(*) as schemas from pg_namespace where nspname = 'analytics_rebuild'`,
  )
  expect(left?.schemas).toBe('0')
})

test('passes over what is no event, as analytics does', async () => {
  const broken = { ...(deliveries[0] as Delivery), value: '{', offset: '9999' }

  expect((await rebuilt([...deliveries, broken])).differences).toEqual([])
})

test.each<[string, SQL, object[]]>([
  [
    'a total that somebody changed',
    sql`update analytics.totals set amount = amount + 1 where measure = 'settlement.completed'`,
    [{ subject: expect.stringContaining('total of settlement.completed') }],
  ],
  [
    'a fact that says something else than its event',
    sql`update analytics.facts set lines = '[]' where noun like 'notification:%0'`,
    [
      { problem: 'it is counted otherwise than its event says' },
      { subject: expect.stringContaining('total of notification.sent') },
    ],
  ],
  [
    'a fact of an earlier version',
    sql`update analytics.facts set version = 1 where noun like 'notification:%1'`,
    [{ problem: 'version 1 is counted, and the log has 5' }],
  ],
  [
    'a fact of nothing',
    sql`insert into analytics.facts (noun, version, event_id, lines) values ('x', 1, 'x', '[]')`,
    [{ subject: 'x', problem: 'it is counted, and not in the log' }],
  ],
  [
    'a fact that is not there',
    sql`delete from analytics.facts where noun like 'notification:%2'`,
    [
      { problem: 'it is in the log, and not counted' },
      { subject: expect.stringContaining('total of notification.sent') },
    ],
  ],
])('names %s', async (_, change, found) => {
  await database.postgres.execute(change)

  expect((await rebuilt()).differences).toMatchObject(found)
})

test('what was counted since it began is no difference', async () => {
  const { postgres } = database
  const shadow = postgresStatisticsShadow(postgres)
  const missing = deliveries.filter(({ headers }) => !headers['ce_id']?.startsWith('settlement:3'))

  const { differences } = await rebuildStatistics({
    log: memoryLog({ deliveries: missing }),
    topics: COUNTED_TOPICS,
    shadow: {
      ...shadow,
      compare: async () => {
        await postgres.execute(sql`
          update analytics.facts set counted_at = now() where noun like 'settlement:%3'
        `)
        return await shadow.compare()
      },
    },
  })()

  expect(differences).toEqual([])
})
