import { readEvent } from '@coffer/events/event'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyticsDatabase, storedSums } from '../testing/analytics-database.ts'
import { memoryStatistics } from '../testing/memory-statistics.ts'
import { MERCHANT, sampleHistory } from '../testing/sample-history.ts'
import { statisticsContract } from '../testing/statistics-contract.ts'
import { countEvents } from '../usecases/count-events.ts'
import { postgresStatistics } from './postgres-statistics.ts'
import { postgresStatisticsReader } from './postgres-statistics-reader.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await analyticsDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

async function emptied() {
  const { postgres } = database
  await postgres.execute(sql`truncate analytics.facts, analytics.totals, analytics.merchants`)
  return {
    statistics: postgresStatistics(postgres),
    sums: () => storedSums(postgres),
    nameOf: async (id: string) => {
      const [row] = await postgres.execute<{ name: string }>(
        sql`select name from analytics.merchants where id = ${id}`,
      )
      return row?.name
    },
  }
}

statisticsContract(emptied)

const history = sampleHistory(6).map(readEvent)

test('L20: of many who count at once, late and repeatedly, comes what one counts in order', async () => {
  const expected = memoryStatistics()
  await countEvents(expected.statistics)(history)
  const whole = fc.shuffledSubarray(history, { minLength: history.length })

  const property = fc.asyncProperty(fc.tuple(whole, whole, whole), async (orders) => {
    const { statistics, sums, nameOf } = await emptied()
    const count = countEvents(statistics)

    await Promise.all(
      orders.map(async (events) => {
        for (let from = 0; from < events.length; from += 17) {
          await count(events.slice(from, from + 17))
        }
      }),
    )

    expect(await sums()).toEqual(await expected.sums())
    expect(await nameOf(MERCHANT)).toBe('Shop 5')
  })
  await fc.assert(property, { numRuns: 5 })
})

test('reads by hour and by day, and of whom most came', async () => {
  const { statistics } = await emptied()
  await countEvents(statistics)(history)
  const reader = postgresStatisticsReader(database.postgres)
  const eth = 'eip155:31337/slip44:60'
  const days = { from: new Date('2026-11-21T00:00:00Z'), to: new Date('2026-11-23T00:00:00Z') }

  const byDay = await reader.totals({ ...days, asset: eth, merchant: MERCHANT }, 'day')
  const byHour = await reader.totals({ ...days, asset: eth, merchant: MERCHANT }, 'hour')
  const secondDay = { ...days, from: new Date('2026-11-22T00:30:00Z') }

  const created = (totals: typeof byDay) =>
    totals
      .filter(({ measure }) => measure === 'payment.created')
      .map(({ start, count, amount }) => [start.toISOString(), count, amount])
  expect(created(byDay)).toEqual([['2026-11-21T00:00:00.000Z', 4, 412n]])
  expect(created(byHour)).toEqual([['2026-11-21T22:00:00.000Z', 4, 412n]])
  expect(created(await reader.totals({ ...secondDay, asset: eth }, 'hour'))).toEqual([])
  expect(await reader.topMerchants({ ...days, asset: eth }, 5)).toEqual([
    { merchant: MERCHANT, name: 'Shop 5', count: 3, amount: 308n, fee: 9n },
  ])
  expect(await reader.topMerchants({ ...days, asset: eth, channel: 'sandbox' }, 5)).toEqual([])
})
